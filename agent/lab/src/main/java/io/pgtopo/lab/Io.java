package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;

/** File operations of which a failure is a fault of the machine, so that no caller handles it. */
final class Io {
  private Io() {}

  interface Action {
    void run() throws IOException;
  }

  interface Source<T> {
    T get() throws IOException;
  }

  static void run(Action action) {
    get(
        () -> {
          action.run();
          return true;
        });
  }

  static <T> T get(Source<T> source) {
    try {
      return source.get();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
