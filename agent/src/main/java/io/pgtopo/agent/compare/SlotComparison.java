package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.SlotDrift;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The replication slots of the primaries of one cluster. On a standby Patroni keeps idle slots for
 * all members on purpose, and moves them on: those are nobody's fault.
 */
final class SlotComparison {
  private final SlotUse use;
  private final Map<Instance, LiveInstance> answering;

  /** Instances that may use a slot without telling which. */
  private final List<String> reticent;

  /**
   * Of one cluster.
   *
   * @param answering its members that answered
   * @param unseen members of which no server of their own was seen
   * @param adrift instances of all clusters that may replicate from this one without telling
   */
  SlotComparison(
      SlotUse use,
      Map<Instance, LiveInstance> answering,
      List<Instance> unseen,
      List<Instance> adrift) {
    this.use = use;
    this.answering = answering;
    var hiding =
        answering.entrySet().stream()
            .filter(entry -> !SlotUse.isTold(entry.getValue()))
            .map(Map.Entry::getKey);
    this.reticent =
        Stream.of(unseen.stream(), adrift.stream(), hiding)
            .flatMap(Function.identity())
            .map(Instance::name)
            .distinct()
            .sorted()
            .toList();
  }

  Stream<Drift> judge() {
    return answering.entrySet().stream()
        .filter(entry -> entry.getValue().facts().state() instanceof ServerState.InProduction)
        .flatMap(
            entry ->
                entry.getValue().facts().replication().slots().stream()
                    .filter(slot -> slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT)
                    .map(slot -> judge(entry.getKey(), entry.getValue(), slot))
                    .flatMap(Optional::stream));
  }

  /** The worst of what is wrong with it. */
  private Optional<Drift> judge(Instance instance, LiveInstance primary, ReplicationSlot slot) {
    if (slot.isLost()) {
      return Optional.of(new SlotDrift.SlotLost(instance, primary, slot));
    }
    if (slot.activePid().isPresent()) {
      return Optional.empty();
    }
    if (isOrphaned(slot)) {
      return Optional.of(orphaned(instance, primary, slot));
    }
    return slot.retention()
        .walStatus()
        .filter(status -> status.equals("extended") || status.equals("unreserved"))
        .map(status -> new SlotDrift.SlotRetainsWal(instance, primary, slot));
  }

  /** A physical slot of nobody known; of a logical one nobody here knows the user. */
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
