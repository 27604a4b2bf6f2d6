package io.pgtopo.exporter.platform;

import java.lang.reflect.Proxy;

/** SIGHUP, by which a daemon is asked to read its configuration anew. */
public final class HangupSignal {
  private HangupSignal() {}

  /**
   * Runs something at every SIGHUP instead of ending the process.
   *
   * <p>Through {@code sun.misc.Signal} of the module jdk.unsupported: the JDK has no other way, and
   * the compiler no way to name it without a warning.
   */
  public static void handle(Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              HangupSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                action.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this Java runtime cannot handle SIGHUP", missing);
    }
  }
}
