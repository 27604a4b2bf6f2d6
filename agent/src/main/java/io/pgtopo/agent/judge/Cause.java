package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.config.model.Labelled;
import java.util.List;

/** Something that explains the state of a cluster. */
public sealed interface Cause {

  /** What it is. */
  Code code();

  /** The agent's own network is the likely cause of missing answers. */
  record AgentIsolated(int silent, int nodes) implements Cause {
    @Override
    public Code code() {
      return Code.AGENT_ISOLATED;
    }
  }

  /**
   * Several members accept writes.
   *
   * @param relation the worst of them
   */
  record SplitBrain(CompetingPrimary.Relation relation, int primaries) implements Cause {
    @Override
    public Code code() {
      return switch (relation) {
        case DIVERGED -> Code.SPLIT_BRAIN_DIVERGED;
        case TWIN -> Code.SPLIT_BRAIN_TWINS;
        case UNDETERMINED -> Code.SPLIT_BRAIN_UNDETERMINED;
        case ZOMBIE -> Code.SPLIT_BRAIN_ZOMBIE;
      };
    }
  }

  /** All members answer, and none accepts writes. */
  record NoPrimary() implements Cause {
    @Override
    public Code code() {
      return Code.NO_PRIMARY;
    }
  }

  /**
   * No primary is seen, and one member that may be it does not answer.
   *
   * @param answering how many of the {@code others} answer
   */
  record PrimaryAbsent(String instance, Liveness liveness, int answering, int others)
      implements Cause {
    @Override
    public Code code() {
      return switch (liveness) {
        case LOST -> Code.PRIMARY_DEAD;
        case ALIVE -> Code.PRIMARY_UNREACHABLE_BUT_ALIVE;
        case UNKNOWN -> Code.PRIMARY_SILENT;
      };
    }
  }

  /** No primary is seen, and not all members. */
  record PrimaryUnknown(Reason reason) implements Cause {
    @Override
    public Code code() {
      return Code.PRIMARY_UNKNOWN;
    }
  }

  /** Commits wait for a synchronous standby. */
  record SyncBlocked(Subject subject) implements Cause {
    @Override
    public Code code() {
      return Code.SYNC_BLOCKED;
    }
  }

  /** A primary is seen, and none of the replicas that are seen is streaming. */
  record AllDetached(int replicas) implements Cause {
    @Override
    public Code code() {
      return Code.ALL_REPLICAS_DETACHED;
    }
  }

  /** Replicas do not answer, and all their downstreams have lost them. */
  record IntermediatesDead(List<String> instances) implements Cause {
    public IntermediatesDead {
      instances = List.copyOf(instances);
    }

    @Override
    public Code code() {
      return Code.INTERMEDIATE_DEAD;
    }
  }

  /** Some members did not answer. */
  record PartialView(int answering, int members) implements Cause {
    @Override
    public Code code() {
      return Code.PARTIAL_VIEW;
    }
  }

  /** The codes, the worst first. A label is an API value. */
  enum Code implements Labelled {
    AGENT_ISOLATED,
    /** An older primary wrote what the newest has not. */
    SPLIT_BRAIN_DIVERGED,
    /** The primaries are on one timeline. */
    SPLIT_BRAIN_TWINS,
    /** Where their timelines parted is not known. */
    SPLIT_BRAIN_UNDETERMINED,
    /** The older ones wrote nothing since. */
    SPLIT_BRAIN_ZOMBIE,
    NO_PRIMARY,
    /** All its replicas have lost it. */
    PRIMARY_DEAD,
    /** A replica still receives from it. */
    PRIMARY_UNREACHABLE_BUT_ALIVE,
    /** No replica reports whether it runs. */
    PRIMARY_SILENT,
    PRIMARY_UNKNOWN,
    SYNC_BLOCKED,
    ALL_REPLICAS_DETACHED,
    INTERMEDIATE_DEAD,
    PARTIAL_VIEW
  }
}
