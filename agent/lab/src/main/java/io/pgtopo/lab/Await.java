package io.pgtopo.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, up to a limit; the only class of the lab that sleeps. */
final class Await {
  /** Enough for a slow machine: a wait that ends well ends long before. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /** Returns as soon as the condition holds; {@code wanted} ends the message of the failure. */
  static void until(String wanted, BooleanSupplier condition) {
    until(() -> wanted, condition);
  }

  /** As {@link #until(String, BooleanSupplier)}, with a text that is made only if it fails. */
  static void until(Supplier<String> wanted, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new LabException("Not within %d s: %s".formatted(LIMIT.toSeconds(), wanted.get()));
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while waiting", interrupted);
    }
  }
}
