package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.SlotDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.topology.KnownPublishers;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.SlotUse;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The replication slots of one cluster. On a standby Patroni keeps idle physical slots for all
 * members on purpose, and moves them on: only a logical slot that is lost is reported there.
 */
final class SlotComparison {
  private final SlotUse use;

  /** Instances that may use a slot without reporting which. */
  private final List<String> reticent;

  private final Set<String> lostAtPrimary;
  private final KnownPublishers publishers;

  private SlotComparison(ClusterContext cluster) {
    this.lostAtPrimary =
        cluster.members().primaries().stream()
            .flatMap(primary -> primary.facts().replication().slots().stream())
            .filter(ReplicationSlot::isLost)
            .map(ReplicationSlot::name)
            .collect(Collectors.toSet());
    this.use = cluster.fleet().slotUse();
    this.publishers = cluster.fleet().earlier().past().publishers();
    var hiding =
        cluster.members().answering().entrySet().stream()
            .filter(entry -> !SlotUse.isReported(entry.getValue()))
            .map(Map.Entry::getKey);
    this.reticent =
        Stream.of(cluster.members().unseen().stream(), cluster.fleet().adrift().stream(), hiding)
            .flatMap(Function.identity())
            .map(Instance::name)
            .distinct()
            .sorted()
            .toList();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(new SlotComparison(cluster)::evaluate);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    if (found.facts().replication().slotRows()
        instanceof Reading.Denied<List<ReplicationSlot>>(var reason)) {
      return Evaluation.unverifiable(
          DriftKind.SLOT_LOST,
          Subject.of(instance),
          new Reason.Hidden(Reason.Hidden.What.FACT, reason));
    }
    var slots =
        found.facts().replication().slots().stream()
            .filter(slot -> slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT)
            .filter(slot -> found.role() == LiveRole.PRIMARY || isLostAtStandby(slot))
            .toList();
    var kinds = EnumSet.of(DriftKind.SLOT_ORPHANED);
    if (slots.stream().allMatch(SlotComparison::showsItsWal)) {
      kinds.add(DriftKind.SLOT_LOST);
      kinds.add(DriftKind.SLOT_RETAINS_WAL);
    }
    return Evaluation.of(
        kinds,
        Subject.of(instance),
        slots.stream().flatMap(slot -> compare(instance, found, slot).stream()).toList());
  }

  /** A synchronized copy of a slot that is lost at the primary is told there. */
  private boolean isLostAtStandby(ReplicationSlot slot) {
    return slot.type() == ReplicationSlot.Type.LOGICAL
        && slot.isLost()
        && (slot.failover() != ReplicationSlot.Failover.SYNCED
            || !lostAtPrimary.contains(slot.name()));
  }

  /** Before 13 there is no {@code wal_status}. */
  private static boolean showsItsWal(ReplicationSlot slot) {
    return slot.retention().restart().isEmpty() || slot.retention().walStatus().isPresent();
  }

  /** The worst of what is wrong with it. */
  private Optional<Drift> compare(Instance instance, LiveInstance holder, ReplicationSlot slot) {
    if (slot.isLost()) {
      return Optional.of(
          new SlotDrift.SlotLost(instance, holder, slot, publishers.of(holder, slot)));
    }
    if (slot.activePid().isPresent()) {
      return Optional.empty();
    }
    if (isOrphaned(slot)) {
      return Optional.of(orphaned(instance, holder, slot));
    }
    return slot.retention()
        .walStatus()
        .filter(status -> status.equals("extended") || status.equals("unreserved"))
        .map(
            status ->
                new SlotDrift.SlotRetainsWal(instance, holder, slot, publishers.of(holder, slot)));
  }

  /** A physical slot that no known instance uses; who uses a logical one is unknown. */
  private boolean isOrphaned(ReplicationSlot slot) {
    return slot.type() == ReplicationSlot.Type.PHYSICAL && !use.isUsed(slot.name());
  }

  private Drift orphaned(Instance instance, LiveInstance primary, ReplicationSlot slot) {
    var orphaned = new SlotDrift.SlotOrphaned(instance, primary, slot);
    return reticent.isEmpty()
        ? orphaned
        : new Drift.Unverifiable(
            orphaned.kind(), orphaned.subject(), new Reason.SlotMayBeUsed(reticent));
  }
}
