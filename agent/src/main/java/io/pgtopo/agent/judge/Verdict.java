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

  /**
   * Something that explains the state of a cluster.
   *
   * @param detail which members, and how many
   */
  public record Cause(Code code, String detail) {

    @Override
    public String toString() {
      return detail.isEmpty() ? code.label() : code.label() + " (" + detail + ")";
    }
  }

  /** The causes, the worst first. A label is an API value. */
  public enum Code implements Labelled {
    /** The agent's own network is the likely cause of silence. */
    AGENT_ISOLATED,
    /** Several members accept writes, and an older one wrote what the newest has not. */
    SPLIT_BRAIN_DIVERGED,
    /** Several members accept writes on one timeline. */
    SPLIT_BRAIN_TWINS,
    /** Several members accept writes; where their timelines parted is not known. */
    SPLIT_BRAIN_UNDETERMINED,
    /** Several members accept writes, but the older ones wrote nothing since. */
    SPLIT_BRAIN_ZOMBIE,
    /** All members answer, and none accepts writes. */
    NO_PRIMARY,
    /** No primary is seen; one that is silent was lost by all that follow it. */
    PRIMARY_DEAD,
    /** No primary is seen; one that is silent is heard from by a replica. */
    PRIMARY_UNREACHABLE_BUT_ALIVE,
    /** No primary is seen; unknown whether a silent one runs. */
    PRIMARY_SILENT,
    /** No primary is seen, and not all members. */
    PRIMARY_UNKNOWN,
    /** Commits wait for a synchronous standby. */
    SYNC_BLOCKED,
    /** A primary is seen, and none of the replicas that are seen follows anybody. */
    ALL_REPLICAS_DETACHED,
    /** A silent replica was lost by all that follow it. */
    INTERMEDIATE_DEAD,
    /** Some members did not answer. */
    PARTIAL_VIEW;
  }
}
