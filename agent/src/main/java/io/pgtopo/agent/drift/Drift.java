package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Testimony;
import io.pgtopo.config.Cluster;
import io.pgtopo.config.Endpoint;
import io.pgtopo.config.Instance;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One difference between what is declared and what is there, with the facts that prove it. */
public sealed interface Drift
    permits Drift.MultiplePrimaries,
        Drift.NoPrimary,
        Drift.Diverged,
        Drift.TimelineFork,
        Drift.ForeignSystemId,
        Drift.AgentIsolated,
        Drift.InstanceUnreachable,
        Drift.DuplicateInstance,
        Drift.SharedAddress,
        Drift.RoleMismatch,
        Drift.UpstreamMismatch,
        Drift.ReplicaDetached,
        Drift.ReplicationLoop,
        Drift.OrphanedReplica,
        Drift.ReplayPaused,
        Drift.DelayMismatch,
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

  /**
   * {@link DriftKind#MULTIPLE_PRIMARIES}.
   *
   * @param moments whether they were seen at the same time
   */
  record MultiplePrimaries(Cluster cluster, List<LiveInstance> primaries, Moments moments)
      implements Drift {

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

    /** What each of them is to the newest one. */
    public List<Rivalry> rivalries() {
      return Rivalry.among(primaries);
    }

    /** The worst nature of any of them. */
    public Rivalry.Nature nature() {
      return rivalries().stream()
          .map(Rivalry::nature)
          .max(Comparator.naturalOrder())
          .orElse(Rivalry.Nature.UNDETERMINED);
    }

    @Override
    public DriftKind kind() {
      return DriftKind.MULTIPLE_PRIMARIES;
    }

    @Override
    public Subject subject() {
      return Subject.of(cluster);
    }
  }

  /** {@link DriftKind#NO_PRIMARY}: every one of these replicas answered. */
  record NoPrimary(Cluster cluster, List<LiveInstance> replicas) implements Drift {
    public NoPrimary {
      replicas = List.copyOf(replicas);
    }

    @Override
    public DriftKind kind() {
      return DriftKind.NO_PRIMARY;
    }

    @Override
    public Subject subject() {
      return Subject.of(cluster);
    }
  }

  /**
   * {@link DriftKind#DIVERGED}.
   *
   * @param upstream whom it streams from
   * @param bytesAhead how much more WAL it has than its upstream ever sent
   */
  record Diverged(Instance instance, LiveInstance live, LiveInstance upstream, long bytesAhead)
      implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.DIVERGED;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#TIMELINE_FORK}.
   *
   * @param forkedAt where its upstream's timeline left its own
   */
  record TimelineFork(Instance instance, LiveInstance live, LiveInstance upstream, Lsn forkedAt)
      implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.TIMELINE_FORK;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#FOREIGN_SYSTEM_ID}.
   *
   * @param expected what the rest of its cluster has
   * @param agreeing how many members of its cluster have that
   */
  record ForeignSystemId(Instance instance, LiveInstance live, SystemId expected, int agreeing)
      implements Drift {
    @Override
    public DriftKind kind() {
      return DriftKind.FOREIGN_SYSTEM_ID;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#AGENT_ISOLATED}: whether the silent ones are well is unknown.
   *
   * @param silent how many nodes of all clusters the network does not lead to
   * @param nodes how many there are
   */
  record AgentIsolated(Cluster cluster, int silent, int nodes) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.AGENT_ISOLATED;
    }

    @Override
    public Subject subject() {
      return Subject.of(cluster);
    }
  }

  /**
   * {@link DriftKind#INSTANCE_UNREACHABLE}.
   *
   * @param testimony what its replicas tell of it
   */
  record InstanceUnreachable(Instance instance, Failure failure, Testimony testimony)
      implements Drift {
    @Override
    public DriftKind kind() {
      return DriftKind.INSTANCE_UNREACHABLE;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#DUPLICATE_INSTANCE}: whether a server of its own exists is unknown.
   *
   * @param live the server that its address leads to
   * @param server the endpoint that stands for it
   */
  record DuplicateInstance(Instance instance, LiveInstance live, Endpoint server) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.DUPLICATE_INSTANCE;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /** {@link DriftKind#SHARED_ADDRESS}: whether a server of its own exists is unknown. */
  record SharedAddress(Instance instance) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.SHARED_ADDRESS;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /** {@link DriftKind#ROLE_MISMATCH}. */
  record RoleMismatch(Instance instance, LiveInstance live) implements Drift {
    @Override
    public DriftKind kind() {
      return DriftKind.ROLE_MISMATCH;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#UPSTREAM_MISMATCH}.
   *
   * @param expected whom it should follow as things are
   * @param link the evidence; empty if it can never connect there
   */
  record UpstreamMismatch(
      Instance instance, Endpoint expected, LiveUpstream live, Optional<ReplicationLink> link)
      implements Drift {
    @Override
    public DriftKind kind() {
      return DriftKind.UPSTREAM_MISMATCH;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /** {@link DriftKind#REPLICA_DETACHED}. */
  record ReplicaDetached(Instance instance, LiveInstance live) implements Drift {
    @Override
    public DriftKind kind() {
      return DriftKind.REPLICA_DETACHED;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#REPLICATION_LOOP}.
   *
   * @param instance the first member in order
   * @param links of the loop, each with the word of both ends
   */
  record ReplicationLoop(Instance instance, List<ReplicationLink> links) implements Drift {
    public ReplicationLoop {
      links = List.copyOf(links);
    }

    @Override
    public DriftKind kind() {
      return DriftKind.REPLICATION_LOOP;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#ORPHANED_REPLICA}.
   *
   * @param head the standby on top of its path, which receives nothing itself
   */
  record OrphanedReplica(Instance instance, LiveInstance live, LiveInstance head) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.ORPHANED_REPLICA;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /** {@link DriftKind#REPLAY_PAUSED}. */
  record ReplayPaused(Instance instance, LiveInstance live) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.REPLAY_PAUSED;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /**
   * {@link DriftKind#DELAY_MISMATCH}.
   *
   * @param delay {@code recovery_min_apply_delay} that it has
   */
  record DelayMismatch(Instance instance, LiveInstance live, Duration delay) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.DELAY_MISMATCH;
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }
  }

  /** {@link DriftKind#UNDECLARED_INSTANCE}. */
  record UndeclaredInstance(Undeclared found) implements Drift {
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
