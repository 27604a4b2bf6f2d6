package io.pgtopo.agent.failover;

import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Service;
import java.util.List;
import java.util.Optional;

/** What the loss of a node costs a cluster. In order: the worst first. */
public sealed interface LossEffect {

  /** What it is, in a word. Its label is the value of a metric's label. */
  enum Cost implements Labelled {
    NO_WRITER,
    COMMITS_WAIT,
    SERVICE_EMPTY,
    NO_CANDIDATE,
    SLOT_ENDS,
    UPSTREAM_LOST,
    UNKNOWN
  }

  /** The primary is there: another member must take over, if one can. */
  record LosesWriter(Readiness readiness) implements LossEffect {}

  /**
   * Commits wait for synchronous standbys that are not left.
   *
   * @param waived by this {@code synchronous_commit} most of them do not; empty if they do
   */
  record BlocksCommits(SynchronousStandbys standbys, int present, Optional<String> waived)
      implements LossEffect {}

  /** No server is left that a service leads to. */
  record EmptiesService(Service service) implements LossEffect {}

  /** The primary stays, and no member is left that could take over from it. */
  record LeavesNoCandidate() implements LossEffect {}

  /** Members that stay receive their WAL through it. */
  record Detaches(List<Instance> members) implements LossEffect {
    public Detaches {
      members = List.copyOf(members);
    }
  }

  /**
   * A logical slot that a standby has and no other server, and its client, as far as that is known.
   */
  record EndsSlot(Instance standby, ReplicationSlot slot, Optional<LogicalLink> link)
      implements LossEffect {}

  /** What is not known, so that nothing follows. */
  record UnknownEffect(Finding why) implements LossEffect {}

  /** What it is, in a word. */
  default Cost cost() {
    return switch (this) {
      case LosesWriter writer -> Cost.NO_WRITER;
      case BlocksCommits blocked -> Cost.COMMITS_WAIT;
      case EmptiesService empty -> Cost.SERVICE_EMPTY;
      case LeavesNoCandidate none -> Cost.NO_CANDIDATE;
      case EndsSlot ends -> Cost.SLOT_ENDS;
      case Detaches detached -> Cost.UPSTREAM_LOST;
      case UnknownEffect unknown -> Cost.UNKNOWN;
    };
  }

  /** Whether it may be borne. */
  default Safety safety() {
    return switch (this) {
      case LosesWriter(var readiness) -> readiness.failover();
      case BlocksCommits blocked when blocked.waived().isPresent() -> Safety.YES;
      case BlocksCommits blocked -> Safety.NO;
      case EmptiesService empty -> Safety.NO;
      case LeavesNoCandidate none -> Safety.NO;
      case EndsSlot ends -> Safety.NO;
      case Detaches detached -> Safety.YES;
      case UnknownEffect unknown -> Safety.UNKNOWN;
    };
  }

  /** For an order: the worst has the lowest. */
  default int rank() {
    return switch (this) {
      case LosesWriter(var readiness) when readiness.candidates().isEmpty() -> 0;
      case LosesWriter(var readiness) when readiness.failover() == Safety.NO -> 1;
      case BlocksCommits blocked when blocked.waived().isPresent() -> 9;
      case BlocksCommits blocked -> 2;
      case LosesWriter(var readiness) when readiness.failover() == Safety.UNKNOWN -> 3;
      case EmptiesService empty -> 4;
      case LeavesNoCandidate none -> 5;
      case EndsSlot ends -> 6;
      case UnknownEffect unknown -> 7;
      case LosesWriter safe -> 8;
      case Detaches detached -> 10;
    };
  }
}
