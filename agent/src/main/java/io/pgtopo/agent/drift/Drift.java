package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.ReportedLiveness;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One difference between what is declared and what is there, with the facts that prove it. */
public sealed interface Drift
    permits Drift.OfCluster,
        Drift.OfInstance,
        Drift.UndeclaredInstance,
        Drift.Unverifiable,
        ObjectDrift,
        Finding,
        RoleSwapped {

  /** Its kind. */
  DriftKind kind();

  /** What it is about. */
  Subject subject();

  /** How bad it is, unless a policy says otherwise. */
  default Severity severity() {
    return kind().severity();
  }

  /**
   * The endpoints whose silence leaves it open whether the drift still exists, besides that of the
   * instance that it is about.
   */
  default List<Endpoint> sources() {
    return List.of();
  }

  /** What makes it the same drift in the next cycle, though its facts have moved on. */
  default Key key() {
    return new Key(kind(), subject(), Optional.empty());
  }

  /**
   * The identity of a drift over time.
   *
   * @param about for something unverifiable, the kind that could not be judged
   */
  record Key(DriftKind kind, Subject subject, Optional<DriftKind> about)
      implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      var byKind = kind.compareTo(other.kind);
      if (byKind != 0) {
        return byKind;
      }
      var bySubject = subject.compareTo(other.subject);
      return bySubject != 0
          ? bySubject
          : about.map(DriftKind::ordinal).orElse(-1)
              - other.about.map(DriftKind::ordinal).orElse(-1);
    }
  }

  /** What is wrong with a cluster as a whole. */
  sealed interface OfCluster extends Drift {
    Cluster cluster();

    @Override
    default DriftKind kind() {
      return switch (this) {
        case MultiplePrimaries multiple -> DriftKind.MULTIPLE_PRIMARIES;
        case NoPrimary none -> DriftKind.NO_PRIMARY;
        case AgentIsolated isolated -> DriftKind.AGENT_ISOLATED;
      };
    }

    @Override
    default Subject subject() {
      return Subject.of(cluster());
    }
  }

  /** What is wrong with a declared instance. */
  sealed interface OfInstance extends Drift {
    Instance instance();

    @Override
    default DriftKind kind() {
      return switch (this) {
        case Diverged diverged -> DriftKind.DIVERGED;
        case TimelineFork fork -> DriftKind.TIMELINE_FORK;
        case ForeignSystemId foreign -> DriftKind.FOREIGN_SYSTEM_ID;
        case InstanceUnreachable silent -> DriftKind.INSTANCE_UNREACHABLE;
        case DuplicateInstance duplicate -> DriftKind.DUPLICATE_INSTANCE;
        case SharedAddress shared -> DriftKind.SHARED_ADDRESS;
        case RoleMismatch mismatch -> DriftKind.ROLE_MISMATCH;
        case UpstreamMismatch mismatch -> DriftKind.UPSTREAM_MISMATCH;
        case ReplicaDetached detached -> DriftKind.REPLICA_DETACHED;
        case ReplicationLoop loop -> DriftKind.REPLICATION_LOOP;
        case OrphanedReplica orphaned -> DriftKind.ORPHANED_REPLICA;
        case ReplayPaused paused -> DriftKind.REPLAY_PAUSED;
        case DelayMismatch mismatch -> DriftKind.DELAY_MISMATCH;
      };
    }

    @Override
    default Subject subject() {
      return Subject.of(instance());
    }
  }

  /**
   * {@link DriftKind#MULTIPLE_PRIMARIES}.
   *
   * @param moments whether they were seen at the same time
   */
  record MultiplePrimaries(Cluster cluster, List<LiveInstance> primaries, Moments moments)
      implements OfCluster {

    /** What the moments at which servers were looked at prove. */
    public enum Moments {
      /** Each was looked at once, at a moment of its own. */
      APART,
      /** Each was in production before all were looked at again, and has not restarted since. */
      AT_ONCE
    }

    public MultiplePrimaries {
      primaries = List.copyOf(primaries);
    }

    @Override
    public List<Endpoint> sources() {
      return primaries.stream().map(LiveInstance::endpoint).toList();
    }

    /** What each of them is to the newest one. */
    public List<CompetingPrimary> rivalries() {
      return CompetingPrimary.among(primaries);
    }

    /** The worst nature of any of them. */
    public CompetingPrimary.Nature nature() {
      return rivalries().stream()
          .map(CompetingPrimary::nature)
          .max(Comparator.naturalOrder())
          .orElse(CompetingPrimary.Nature.UNDETERMINED);
    }
  }

  /** {@link DriftKind#NO_PRIMARY}: every one of these replicas answered. */
  record NoPrimary(Cluster cluster, List<LiveInstance> replicas) implements OfCluster {
    public NoPrimary {
      replicas = List.copyOf(replicas);
    }
  }

  /**
   * {@link DriftKind#DIVERGED}.
   *
   * @param upstream whom it streams from
   * @param bytesAhead how much more WAL it has than its upstream ever sent
   */
  record Diverged(Instance instance, LiveInstance live, LiveInstance upstream, long bytesAhead)
      implements OfInstance {}

  /**
   * {@link DriftKind#TIMELINE_FORK}.
   *
   * @param forkedAt where its upstream's timeline left its own
   */
  record TimelineFork(Instance instance, LiveInstance live, LiveInstance upstream, Lsn forkedAt)
      implements OfInstance {}

  /**
   * {@link DriftKind#FOREIGN_SYSTEM_ID}.
   *
   * @param expected what the rest of its cluster has
   * @param agreeing how many members of its cluster have that
   */
  record ForeignSystemId(Instance instance, LiveInstance live, SystemId expected, int agreeing)
      implements OfInstance {}

  /**
   * {@link DriftKind#AGENT_ISOLATED}: whether the silent ones are well is unknown.
   *
   * @param silent how many nodes of all clusters the network does not lead to
   * @param nodes how many there are
   */
  record AgentIsolated(Cluster cluster, int silent, int nodes) implements OfCluster {}

  /**
   * {@link DriftKind#INSTANCE_UNREACHABLE}.
   *
   * @param testimony what its replicas tell of it
   */
  record InstanceUnreachable(Instance instance, Failure failure, ReportedLiveness testimony)
      implements OfInstance {}

  /**
   * {@link DriftKind#DUPLICATE_INSTANCE}: whether a server of its own exists is unknown.
   *
   * @param live the server that its address leads to
   * @param server the endpoint that stands for it
   */
  record DuplicateInstance(Instance instance, LiveInstance live, Endpoint server)
      implements OfInstance {}

  /** {@link DriftKind#SHARED_ADDRESS}: whether a server of its own exists is unknown. */
  record SharedAddress(Instance instance) implements OfInstance {}

  /** {@link DriftKind#ROLE_MISMATCH}. */
  record RoleMismatch(Instance instance, LiveInstance live) implements OfInstance {}

  /**
   * {@link DriftKind#UPSTREAM_MISMATCH}.
   *
   * @param expected whom it should follow as things are
   * @param link the evidence; empty if it can never connect there
   */
  record UpstreamMismatch(
      Instance instance, Endpoint expected, LiveUpstream live, Optional<ReplicationLink> link)
      implements OfInstance {}

  /** {@link DriftKind#REPLICA_DETACHED}. */
  record ReplicaDetached(Instance instance, LiveInstance live) implements OfInstance {}

  /**
   * {@link DriftKind#REPLICATION_LOOP}.
   *
   * @param instance the first member in order
   * @param links of the loop, each with the word of both ends
   */
  record ReplicationLoop(Instance instance, List<ReplicationLink> links) implements OfInstance {
    public ReplicationLoop {
      links = List.copyOf(links);
    }
  }

  /**
   * {@link DriftKind#ORPHANED_REPLICA}.
   *
   * @param head the standby on top of its path, which receives nothing itself
   */
  record OrphanedReplica(Instance instance, LiveInstance live, LiveInstance head)
      implements OfInstance {}

  /** {@link DriftKind#REPLAY_PAUSED}. */
  record ReplayPaused(Instance instance, LiveInstance live) implements OfInstance {}

  /**
   * {@link DriftKind#DELAY_MISMATCH}.
   *
   * @param delay {@code recovery_min_apply_delay} that it has
   */
  record DelayMismatch(Instance instance, LiveInstance live, Duration delay)
      implements OfInstance {}

  /** {@link DriftKind#UNDECLARED_INSTANCE}. */
  record UndeclaredInstance(UndeclaredServer found) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.UNDECLARED_INSTANCE;
    }

    @Override
    public Subject subject() {
      return new Subject(
          found.cluster(),
          Optional.of(found.peer().toString()),
          Optional.empty(),
          Optional.empty());
    }

    @Override
    public List<Endpoint> sources() {
      var source = found.link().map(ReplicationLink::upstream).orElse(found.peer());
      return source instanceof Peer.Known(var endpoint) ? List.of(endpoint) : List.of();
    }
  }

  /** {@link DriftKind#UNVERIFIABLE}: the kind that could not be judged, and why not. */
  record Unverifiable(DriftKind about, Subject subject, String reason) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.UNVERIFIABLE;
    }

    @Override
    public Key key() {
      return new Key(kind(), subject, Optional.of(about));
    }
  }
}
