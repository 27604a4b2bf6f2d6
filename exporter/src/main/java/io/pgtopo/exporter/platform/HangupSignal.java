package io.pgtopo.exporter.platform;

import java.lang.reflect.Proxy;

/** SIGHUP, which reloads the configuration. */
public final class HangupSignal {
  private HangupSignal() {}

  /**
   * Runs an action at every SIGHUP.
   *
   * <p>By {@code sun.misc.Signal} of the module jdk.unsupported: the JDK has nothing else, and
   * naming it in the source is a compiler warning.
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
