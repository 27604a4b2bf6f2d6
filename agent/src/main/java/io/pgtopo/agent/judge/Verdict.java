package io.pgtopo.agent.judge;

import io.pgtopo.config.model.Labelled;
import java.util.List;

/**
 * What is to be thought of one declared cluster, on two axes that say nothing of each other.
 *
 * @param causes all that are found, the worst first; none in a cluster that is well
 */
public record Verdict(String cluster, Sync sync, Health health, List<Cause> causes) {

  public Verdict {
    causes = List.copyOf(causes);
  }

  /** Whether it is as declared. Its label is a metric label and an API value. */
  public enum Sync implements Labelled {
    /** All was evaluated, and all that is not ignored is as declared. */
    IN_SYNC,
    /** Something differs, firing or not. */
    DRIFTED,
    /** Nothing is known to differ, but not all could be evaluated. */
    UNKNOWN
  }

  /** Whether it does its work. Its label is a metric label and an API value. */
  public enum Health implements Labelled {
    /** Nothing is known to be wrong, and all that could show it was seen. */
    HEALTHY,
    /** Something is wrong or unknown, but not yet for long: a switchover looks like this. */
    PROGRESSING,
    /** Something is wrong. */
    DEGRADED,
    /** It is under maintenance as a whole. */
    SUSPENDED,
    /** No server answers at any of its addresses. */
    MISSING,
    /** It is unknown. */
    UNKNOWN
  }
}
