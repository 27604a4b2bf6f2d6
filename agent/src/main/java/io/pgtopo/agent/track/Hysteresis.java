package io.pgtopo.agent.track;

import java.time.Duration;

/**
 * How long a drift must last before it fires.
 *
 * @param hold zero to fire at once; otherwise two cycles in a row must have seen it as well. A
 *     third of it is enough where five cycles in a row polled twice, see {@link Confirmation}
 * @param grace how long a drift that a switchover looks like is excused after a start, a restart or
 *     a change of roles; {@link io.pgtopo.agent.drift.DriftKind} says which kinds
 */
public record Hysteresis(Duration hold, Duration grace) {

  public Hysteresis {
    if (hold.isNegative() || grace.isNegative()) {
      throw new IllegalArgumentException("hysteresis is negative: " + hold + ", " + grace);
    }
  }

  /** Without a grace. */
  public Hysteresis(Duration hold) {
    this(hold, Duration.ZERO);
  }
}
