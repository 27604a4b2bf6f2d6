package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;

/**
 * A drift with its history.
 *
 * @param drift as it was when it was last seen
 * @param since when it was first seen, and from then on without two consecutive cycles that saw
 *     that it was gone
 * @param lastSeen when it was last seen
 * @param transitions how often it came or went in the last {@link EpisodeState#FLAPPING_WINDOW}
 */
public record TrackedDrift(
    Drift drift, Instant since, Instant lastSeen, State state, Presence presence, int transitions) {

  /** Prometheus' words for the state of an alert. Its label is a metric label and an API value. */
  public enum State implements Labelled {
    /** Seen, but not for long enough: a switchover looks like this for a moment. */
    PENDING,
    /** Seen for longer than the hysteresis. */
    FIRING,
    /** It fired and is gone, but it comes and goes so often that it is not taken for resolved. */
    FLAPPING
  }

  /** What the last cycle says of it. */
  public enum Presence implements Labelled {
    /** It is there. */
    SEEN,
    /** It is not there; it is still open, since one poll may be wrong. */
    MISSED,
    /** It could not be evaluated, so it is unknown whether it is still there. */
    UNKNOWN;
  }

  /** Whether it comes and goes so often that it is taken for one. */
  public boolean isFlapping() {
    return transitions > EpisodeState.MOST_ORDINARY_TRANSITIONS;
  }
}
