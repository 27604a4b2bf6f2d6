package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.Optional;

/**
 * A drift with its history.
 *
 * @param drift as it was when it was last seen
 * @param since when it was first seen, and from then on without two cycles in a row that saw that
 *     it was gone
 * @param lastSeen when it was last seen
 * @param transitions how often it came or went in the last {@link EpisodeState#FLAPPING_WINDOW}
 */
public record TrackedDrift(
    Drift drift, Instant since, Instant lastSeen, State state, Presence presence, int transitions) {

  /** Prometheus' words for the state of an alert. */
  public enum State implements Labelled {
    /** Seen, but not for long enough: a switchover looks like this for a moment. */
    PENDING,
    /** Seen for longer than the hysteresis. */
    FIRING
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

  /** Whether it comes and goes so often that its ends are not believed any more. */
  public boolean isFlapping() {
    return transitions > EpisodeState.MOST_ORDINARY_TRANSITIONS;
  }

  /** What a reader must know besides the drift itself; empty if the last cycle saw it, steady. */
  public Optional<String> remark() {
    var flaps =
        "flaps: came or went %d times in %d minutes"
            .formatted(transitions, EpisodeState.FLAPPING_WINDOW.toMinutes());
    var absence =
        switch (presence) {
          case SEEN -> "";
          case MISSED -> "last seen " + lastSeen + ", not in the last cycle";
          case UNKNOWN -> "last seen " + lastSeen + ", could not be evaluated since";
        };
    if (absence.isEmpty()) {
      return isFlapping() ? Optional.of(flaps) : Optional.empty();
    }
    return Optional.of(isFlapping() ? flaps + "; " + absence : absence);
  }
}
