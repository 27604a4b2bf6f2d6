package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is wrong with the WAL of a declared replica: where it comes from, and how it is replayed.
 */
public sealed interface ReplicationDrift extends Drift {
  /** As declared. */
  Instance instance();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case Diverged diverged -> DriftKind.DIVERGED;
      case TimelineFork fork -> DriftKind.TIMELINE_FORK;
      case ReplicationLoop loop -> DriftKind.REPLICATION_LOOP;
      case UpstreamMismatch mismatch -> DriftKind.UPSTREAM_MISMATCH;
      case ReplicaDetached detached -> DriftKind.REPLICA_DETACHED;
      case OrphanedReplica orphaned -> DriftKind.ORPHANED_REPLICA;
      case ReplayPaused paused -> DriftKind.REPLAY_PAUSED;
      case DelayMismatch mismatch -> DriftKind.DELAY_MISMATCH;
      case ReplicationLag lag -> DriftKind.REPLICATION_LAG;
      case TimelineBehind behind -> DriftKind.TIMELINE_BEHIND;
      case FailoverSlotUnsynced unsynced -> DriftKind.FAILOVER_SLOT_UNSYNCED;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(instance());
  }

  /**
   * {@link DriftKind#DIVERGED}.
   *
   * @param upstream that it streams from, or the primary that its WAL has to come from
   * @param bytesAhead how much more WAL it has, at least, than its upstream sent or wrote
   * @param written what the primary had written after the replica had replayed more; empty if both
   *     ends of the link report it
   */
  record Diverged(
      Instance instance,
      LiveInstance live,
      LiveInstance upstream,
      long bytesAhead,
      Optional<Lsn> written)
      implements ReplicationDrift {
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return ReplicationDrift.isRepaired(live, now);
    }
  }

  /**
   * {@link DriftKind#TIMELINE_FORK}.
   *
   * @param live as it was seen past that, now or in its last answer
   * @param upstream that it streams from, or the leader that it has to follow
   * @param forkedAt where its upstream's timeline left its own
   */
  record TimelineFork(Instance instance, LiveInstance live, LiveInstance upstream, Lsn forkedAt)
      implements ReplicationDrift {
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return ReplicationDrift.isRepaired(live, now);
    }
  }

  /**
   * Whether a server with WAL of its own has been rewound or rebuilt: it has less WAL than before,
   * replays more of it while it streams, is a primary, or has another system identifier. That its
   * upstream has written past it repairs nothing.
   */
  private static boolean isRepaired(LiveInstance then, Topology now) {
    return now.at(then.endpoint())
        .filter(
            found -> {
              var moved = has(found).compareTo(has(then));
              return found.isForeignTo(then)
                  || found.role() == LiveRole.PRIMARY
                  || moved < 0
                  || (moved > 0
                      && now.linkTo(found).filter(ReplicationLink::isStreaming).isPresent());
            })
        .isPresent();
  }

  private static Lsn has(LiveInstance instance) {
    return instance.facts().state() instanceof ServerState.InProduction production
        ? production.written()
        : Positions.replayed(instance).orElse(new Lsn(0));
  }

  /**
   * {@link DriftKind#REPLICATION_LOOP}.
   *
   * @param instance the first member in order
   * @param links of the loop, each reported by both ends
   */
  record ReplicationLoop(Instance instance, List<ReplicationLink> links)
      implements ReplicationDrift {
    public ReplicationLoop {
      links = List.copyOf(links);
    }
  }

  /**
   * {@link DriftKind#UPSTREAM_MISMATCH}.
   *
   * @param expected the upstream that it should have now
   * @param link the evidence; empty if it can never connect there
   */
  record UpstreamMismatch(
      Instance instance, Endpoint expected, LiveUpstream live, Optional<ReplicationLink> link)
      implements ReplicationDrift {}

  /** {@link DriftKind#REPLICA_DETACHED}. */
  record ReplicaDetached(Instance instance, LiveInstance live, Detachment why)
      implements ReplicationDrift {}

  /**
   * {@link DriftKind#ORPHANED_REPLICA}.
   *
   * @param head the standby on top of its path, which receives nothing itself
   */
  record OrphanedReplica(Instance instance, LiveInstance live, LiveInstance head)
      implements ReplicationDrift {}

  /** {@link DriftKind#REPLAY_PAUSED}. */
  record ReplayPaused(Instance instance, LiveInstance live, Standstill why)
      implements ReplicationDrift {}

  /**
   * {@link DriftKind#DELAY_MISMATCH}.
   *
   * @param delay {@code recovery_min_apply_delay} that it has
   */
  record DelayMismatch(Instance instance, LiveInstance live, Duration delay)
      implements ReplicationDrift {}

  /**
   * {@link DriftKind#REPLICATION_LAG}.
   *
   * @param allowedBytes of the policy
   */
  record ReplicationLag(
      Instance instance,
      LiveInstance live,
      LiveInstance primary,
      long bytesBehind,
      long allowedBytes)
      implements ReplicationDrift {}

  /**
   * {@link DriftKind#TIMELINE_BEHIND}.
   *
   * @param target {@code recovery_target_timeline}
   */
  record TimelineBehind(Instance instance, LiveInstance live, LiveInstance upstream, String target)
      implements ReplicationDrift {}

  /**
   * {@link DriftKind#FAILOVER_SLOT_UNSYNCED}.
   *
   * @param slots of the primary that it does not hold; none if it only could not synchronize any
   * @param obstacles conditions of the synchronization that it does not meet, in order
   */
  record FailoverSlotUnsynced(
      Instance instance,
      LiveInstance live,
      LiveInstance primary,
      List<ReplicationSlot> slots,
      List<SyncObstacle> obstacles)
      implements ReplicationDrift {
    public FailoverSlotUnsynced {
      slots = List.copyOf(slots);
      obstacles = List.copyOf(obstacles);
    }
  }

  /** A condition that the synchronization of slots needs: 17+. */
  enum SyncObstacle {
    /** {@code sync_replication_slots} is off. */
    SWITCHED_OFF,
    /** {@code hot_standby_feedback} is off. */
    NO_FEEDBACK,
    /** {@code primary_slot_name} is empty. */
    NO_SLOT,
    /** {@code primary_conninfo} names no database. */
    NO_DATABASE
  }
}
