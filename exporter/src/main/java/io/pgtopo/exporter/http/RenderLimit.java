package io.pgtopo.exporter.http;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Turns for the work that answers take before they are written. Half of the processors at most are
 * busy with it, so that the others are left to the cycles. Any thread may ask.
 */
final class RenderLimit {
  private static final int LONGEST_WAIT_SECONDS = 10;

  private final Semaphore turns;

  RenderLimit(int processors) {
    turns = new Semaphore(Math.max(1, processors / 2), true);
  }

  /** What the work yields, in its turn; empty if that does not come soon enough. */
  <T> Optional<T> take(Supplier<T> work) {
    try {
      if (!turns.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(work.get());
    } finally {
      turns.release();
    }
  }
}
