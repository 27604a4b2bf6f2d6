package io.pgtopo.lab;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one action on several things at once, each in a virtual thread. */
final class Parallel {
  private Parallel() {}

  /** Returns when all are done; the first failure is thrown, and carries the others. */
  static <T> void forEach(List<T> things, Consumer<T> action) {
    @Nullable LabException failure = null;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> futures =
          things.stream().map(thing -> executor.submit(() -> action.accept(thing))).toList();
      for (var future : futures) {
        try {
          future.get();
        } catch (ExecutionException failed) {
          var cause = failed.getCause() == null ? failed : failed.getCause();
          if (failure == null) {
            failure = new LabException(String.valueOf(cause.getMessage()), cause);
          } else {
            failure.addSuppressed(cause);
          }
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while working on " + things, interrupted);
    }
    if (failure != null) {
      throw failure;
    }
  }
}
