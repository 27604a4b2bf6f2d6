package io.pgtopo.agent.postgres;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * How long a poll has waited for others: for the server, the network or the name server. While its
 * thread has work to do and gets no CPU, or this agent stands still, nobody else is late.
 *
 * <p>{@link #await} belongs to one thread; {@link #waited} may be called from any.
 */
final class WaitTime {
  private static final int SLICES = 16;

  private final Duration limit;
  private final Duration slice;

  /** What takes longer was lengthened by the agent's own delay, or the clock was set. */
  private final Duration longest;

  private final InstantSource clock;
  private volatile Duration waited = Duration.ZERO;

  /**
   * Of a poll that begins.
   *
   * @param limit after which others are late
   */
  WaitTime(Duration limit, InstantSource clock) {
    this.limit = limit;
    this.slice = limit.dividedBy(SLICES);
    this.longest = slice.multipliedBy(2);
    this.clock = clock;
  }

  Duration waited() {
    return waited;
  }

  /** Whether more than a part of the limit is left. */
  boolean hasLeft(double part) {
    return waited.toNanos() < limit.toNanos() * (1 - part);
  }

  /**
   * The result of a poll.
   *
   * @param isWaiting whether it is waiting at this moment
   * @throws TimeoutException once it has waited for others until the limit
   */
  <T> T await(Future<T> poll, BooleanSupplier isWaiting)
      throws ExecutionException, InterruptedException, TimeoutException {
    while (true) {
      var began = clock.instant();
      try {
        return poll.get(slice.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException pending) {
        if (isWaiting.getAsBoolean()) {
          var took = Duration.between(began, clock.instant());
          var atLeast = took.compareTo(slice) < 0 ? slice : took;
          waited = waited.plus(atLeast.compareTo(longest) > 0 ? longest : atLeast);
        }
        if (waited.compareTo(limit) >= 0) {
          throw pending;
        }
      }
    }
  }
}
