package io.pgtopo.agent.drift;

import java.time.Instant;
import java.util.Locale;

/**
 * A drift with its history.
 *
 * @param since when it was first seen, and from then on in every cycle
 * @param lastSeen when it was last seen
 */
public record TrackedDrift(Drift drift, Instant since, Instant lastSeen, State state) {

  /** Prometheus' words for the state of an alert. */
  public enum State {
    /** Seen, but not for long enough: a switchover looks like this for a moment. */
    PENDING,
    /** Seen for longer than the hysteresis. */
    FIRING;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
