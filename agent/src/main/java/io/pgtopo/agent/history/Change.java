package io.pgtopo.agent.history;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened, as one line of the journal.
 *
 * @param at when it was noticed, by the agent's clock
 * @param subject empty for the agent itself
 * @param drift which one, if it is about a drift
 * @param text what, and what proves it; at most {@link #LONGEST} characters
 * @param serverTime when it happened, by the server's own clock, where PostgreSQL shows it
 */
public record Change(
    Instant at,
    Kind kind,
    Optional<Subject> subject,
    Optional<Drift.Key> drift,
    String text,
    Optional<Instant> serverTime) {

  /** Longer texts are cut. */
  public static final int LONGEST = 1000;

  /** What happened. A label is an API value: never rename one. */
  public enum Kind implements Labelled {
    /** The agent began to poll, or resumed. */
    AGENT_STARTED,
    /** A replica is in production now. */
    PROMOTED,
    /** A primary is in recovery now. */
    DEMOTED,
    /** The newest timeline of a cluster is another one now. */
    TIMELINE_SWITCHED,
    /** A server has another start time than before. */
    RESTARTED,
    /** A replica has another upstream. */
    UPSTREAM_CHANGED,
    /** A declared instance answers for the first time, or as another system. */
    JOINED,
    /** An instance is no longer declared. */
    LEFT,
    /** An instance that answered before does not. */
    UNREACHABLE,
    /** It answers again. */
    REACHABLE,
    /** A drift is pending. */
    DRIFT_OPENED,
    /** A drift has lasted. */
    DRIFT_FIRED,
    /** A drift comes and goes so often that it is taken for one. */
    DRIFT_FLAPPING,
    /** A drift is gone. */
    DRIFT_RESOLVED;

    /** Whether drifts that a switchover looks like are excused for a while after it. */
    boolean isUnsettling() {
      return switch (this) {
        case PROMOTED, DEMOTED, TIMELINE_SWITCHED, RESTARTED, JOINED -> true;
        case AGENT_STARTED,
            UPSTREAM_CHANGED,
            LEFT,
            UNREACHABLE,
            REACHABLE,
            DRIFT_OPENED,
            DRIFT_FIRED,
            DRIFT_FLAPPING,
            DRIFT_RESOLVED ->
            false;
      };
    }
  }

  public Change {
    if (text.length() > LONGEST) {
      text = text.substring(0, LONGEST - 3) + "...";
    }
  }

  /** Whether it is worth a warning. */
  public boolean isAlarming() {
    return kind == Kind.DRIFT_FIRED;
  }

  /** For a log. */
  @Override
  public String toString() {
    return kind.label().replace('_', ' ') + ": " + text;
  }
}
