package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.ReplicationDrift.SyncObstacle;
import io.pgtopo.agent.drift.ServerDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the failover slots of a primary would survive it (17+): each standby that streams from
 * the primary itself, and may take over, should hold them. A cascading standby cannot.
 */
final class SlotSyncComparison {
  private static final int FIRST_WITH_FAILOVER_SLOTS = 17;
  private static final Set<DriftKind> KINDS =
      EnumSet.of(DriftKind.FAILOVER_SLOT_UNSYNCED, DriftKind.STANDBY_SLOT_MISSING);

  private final ClusterContext cluster;

  private SlotSyncComparison(ClusterContext cluster) {
    this.cluster = cluster;
  }

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(new SlotSyncComparison(cluster)::evaluate);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    if (found.facts().identity().version().major() < FIRST_WITH_FAILOVER_SLOTS) {
      return none(KINDS, instance);
    }
    return switch (found.role()) {
      case PRIMARY ->
          Evaluation.merged(
              Stream.of(
                  none(EnumSet.of(DriftKind.FAILOVER_SLOT_UNSYNCED), instance),
                  named(instance, found)));
      case REPLICA, UNKNOWN ->
          Evaluation.merged(
              Stream.of(
                  none(EnumSet.of(DriftKind.STANDBY_SLOT_MISSING), instance),
                  standby(instance, found)));
    };
  }

  private static Evaluation none(Set<DriftKind> kinds, Instance instance) {
    return Evaluation.of(kinds, Subject.of(instance), List.of());
  }

  /** The slots that walsenders of failover slots wait for. */
  private static Evaluation named(Instance instance, LiveInstance primary) {
    var kind = DriftKind.STANDBY_SLOT_MISSING;
    var names = survey(primary).flatMap(it -> it.setting("synchronized_standby_slots"));
    if (names.isEmpty()) {
      return Evaluation.NOTHING;
    }
    var wanted =
        Stream.of(names.get().split(",", -1))
            .map(name -> name.strip().replace("\"", ""))
            .filter(name -> !name.isEmpty())
            .toList();
    if (wanted.isEmpty()) {
      return none(EnumSet.of(kind), instance);
    }
    if (primary.facts().replication().slotRows()
        instanceof Reading.Denied<List<ReplicationSlot>>(var reason)) {
      return hidden(kind, instance, reason);
    }
    var slots = primary.facts().replication().slots();
    var missing =
        wanted.stream()
            .filter(
                name ->
                    slots.stream()
                        .filter(slot -> slot.type() == ReplicationSlot.Type.PHYSICAL)
                        .filter(slot -> !slot.isLost())
                        .noneMatch(slot -> slot.name().equals(name)))
            .toList();
    return Evaluation.of(
        kind,
        Subject.of(instance),
        missing.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new ServerDrift.StandbySlotMissing(
                    instance, primary, missing, failoverSlots(primary))));
  }

  private Evaluation standby(Instance instance, LiveInstance found) {
    var kind = DriftKind.FAILOVER_SLOT_UNSYNCED;
    if (isKept(instance, found)) {
      return none(EnumSet.of(kind), instance);
    }
    var link = cluster.live().linkTo(found).map(ReplicationLink::upstream);
    if (link.isEmpty()) {
      return Evaluation.NOTHING;
    }
    var primary =
        link.filter(Peer.Known.class::isInstance)
            .flatMap(Peer::ifKnown)
            .flatMap(cluster.live()::at)
            .filter(theirs -> theirs.role() == LiveRole.PRIMARY);
    if (primary.isEmpty()) {
      return none(EnumSet.of(kind), instance);
    }
    for (var server : List.of(primary.get(), found)) {
      if (server.facts().replication().slotRows()
          instanceof Reading.Denied<List<ReplicationSlot>>(var reason)) {
        return hidden(kind, instance, reason);
      }
    }
    return Evaluation.of(kind, Subject.of(instance), unsynced(instance, found, primary.get()));
  }

  /** Whether it is declared for something else than to take over, or delayed. */
  private static boolean isKept(Instance instance, LiveInstance found) {
    var role = instance.role();
    return role.filter(it -> it == InstanceRole.OFFLINE || it == InstanceRole.DELAYED).isPresent()
        || instance.delay().isPositive()
        || found
            .facts()
            .recovery()
            .ifSeen()
            .filter(settings -> settings.applyDelay().isPositive())
            .isPresent();
  }

  private static Optional<Drift> unsynced(
      Instance instance, LiveInstance standby, LiveInstance primary) {
    var missing =
        failoverSlots(primary).stream().filter(slot -> !isHeld(slot, standby, primary)).toList();
    var obstacles = obstacles(standby);
    var isSet = has(standby, "sync_replication_slots", "on");
    return missing.isEmpty() && (!isSet || obstacles.isEmpty() || holdsAny(standby))
        ? Optional.empty()
        : Optional.of(
            new ReplicationDrift.FailoverSlotUnsynced(
                instance, standby, primary, missing, obstacles));
  }

  private static List<ReplicationSlot> failoverSlots(LiveInstance primary) {
    return primary.facts().replication().slots().stream()
        .filter(slot -> slot.failover() == ReplicationSlot.Failover.WANTED)
        .filter(slot -> slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT && !slot.isLost())
        .toList();
  }

  /** Patroni copies its permanent slots itself. */
  private static boolean isHeld(ReplicationSlot slot, LiveInstance standby, LiveInstance primary) {
    var isPatroni =
        HaManager.of(primary.facts().replication()).equals(Optional.of(HaManager.PATRONI));
    return standby.facts().replication().slots().stream()
        .filter(it -> it.isUsableFor(slot))
        .anyMatch(it -> isPatroni || it.failover() == ReplicationSlot.Failover.SYNCED);
  }

  /** What it holds was synchronized, by whatever means. */
  private static boolean holdsAny(LiveInstance standby) {
    return standby.facts().replication().slots().stream()
        .anyMatch(slot -> slot.failover() == ReplicationSlot.Failover.SYNCED);
  }

  private static List<SyncObstacle> obstacles(LiveInstance standby) {
    var obstacles = new ArrayList<SyncObstacle>();
    if (has(standby, "sync_replication_slots", "off")) {
      obstacles.add(SyncObstacle.SWITCHED_OFF);
    }
    if (has(standby, "hot_standby_feedback", "off")) {
      obstacles.add(SyncObstacle.NO_FEEDBACK);
    }
    var settings = standby.facts().recovery().ifSeen();
    if (settings.filter(it -> it.slot().filter(name -> !name.isEmpty()).isEmpty()).isPresent()) {
      obstacles.add(SyncObstacle.NO_SLOT);
    }
    if (settings
        .filter(it -> it.database() == RecoverySettings.UpstreamDatabase.UNNAMED)
        .isPresent()) {
      obstacles.add(SyncObstacle.NO_DATABASE);
    }
    return obstacles;
  }

  private static boolean has(LiveInstance server, String setting, String value) {
    return survey(server).flatMap(it -> it.setting(setting)).filter(value::equals).isPresent();
  }

  private static Evaluation hidden(DriftKind kind, Instance instance, String reason) {
    return Evaluation.unverifiable(
        kind, Subject.of(instance), new Reason.Hidden(Reason.Hidden.What.FACT, reason));
  }

  private static Optional<Survey> survey(LiveInstance server) {
    return server.facts().survey().ifSeen();
  }
}
