package io.pgtopo.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, up to a limit; the only place where the lab sleeps. */
final class Await {
  /** Enough for a slow machine: a wait that ends well ends long before. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns as soon as the condition holds; {@code wanted} completes the sentence "... did not".
   */
  static void until(String wanted, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new LabException("Waited " + LIMIT.toSeconds() + " s in vain: " + wanted);
      }
      pause(wanted);
    }
  }

  private static void pause(String wanted) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while waiting: " + wanted, interrupted);
    }
  }
}
