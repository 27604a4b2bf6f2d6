package io.pgtopo.agent.failover;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.UnprovenLink;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which replication slots of the primary end with it. */
record SlotRules(Scene scene, LiveInstance candidate) {

  List<Finding> check() {
    var ours = scene.primary().facts().replication().slotRows();
    var theirs = candidate.facts().replication().slotRows();
    if (ours instanceof Reading.Denied<List<ReplicationSlot>>) {
      return Scene.unknown(scene.primary(), "pg_replication_slots");
    }
    if (theirs instanceof Reading.Denied<List<ReplicationSlot>>) {
      return Scene.unknown(candidate, "pg_replication_slots");
    }
    var used = usedByMembers();
    var found = new ArrayList<Finding>();
    for (var slot : scene.primary().facts().replication().slots()) {
      if (slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT && !slot.isLost()) {
        switch (slot.type()) {
          case LOGICAL -> logical(slot).ifPresent(found::add);
          case PHYSICAL -> {
            if (!used.contains(slot.name()) && copy(slot).isEmpty()) {
              found.add(Finding.note(new Concern.ClientSlot(candidate, slot)));
            }
          }
        }
      }
    }
    if (hasLogical()) {
      found.addAll(walLevel());
    }
    return found;
  }

  private boolean hasLogical() {
    return scene.primary().facts().replication().slots().stream()
        .anyMatch(slot -> slot.type() == ReplicationSlot.Type.LOGICAL && !slot.isLost());
  }

  /** Patroni copies its permanent slots itself; they are not {@code synced} then. */
  private Optional<Finding> logical(ReplicationSlot slot) {
    var copy = copy(slot);
    if (copy.isEmpty()) {
      return Optional.of(
          Finding.both(
              Safety.NO,
              new Concern.SlotEnds(candidate, slot, scene.linkThrough(scene.primary(), slot))));
    }
    var isPatroni =
        scene
            .situation()
            .manager()
            .map(Advice.Manager::product)
            .filter(it -> it == HaManager.PATRONI)
            .isPresent();
    return copy.get().failover() == ReplicationSlot.Failover.SYNCED || isPatroni
        ? Optional.empty()
        : Optional.of(
            Finding.both(
                Safety.UNKNOWN,
                new Concern.SlotUnproven(
                    candidate, slot, scene.linkThrough(scene.primary(), slot))));
  }

  /** The slot of the same name that the candidate holds, and that is of use. */
  private Optional<ReplicationSlot> copy(ReplicationSlot slot) {
    return candidate.facts().replication().slots().stream()
        .filter(it -> it.isUsableFor(slot))
        .findFirst();
  }

  private Set<String> usedByMembers() {
    var names = new HashSet<String>();
    scene.situation().cluster().instances().stream()
        .map(Instance::name)
        .map(UnprovenLink::slotNameOf)
        .forEach(names::add);
    scene.replicas().flatMap(it -> slotOf(it.server()).stream()).forEach(names::add);
    return names;
  }

  /** The slot that a standby streams through. */
  static Optional<String> slotOf(LiveInstance standby) {
    return standby
        .facts()
        .walReceiver()
        .flatMap(WalReceiver::slot)
        .or(() -> standby.facts().recovery().ifSeen().flatMap(settings -> settings.slot()))
        .filter(name -> !name.isEmpty());
  }

  private List<Finding> walLevel() {
    var level = Scene.setting(candidate, "wal_level");
    if (level.isEmpty()) {
      return Scene.unknown(candidate, "wal_level");
    }
    return level.get().equals("logical")
        ? List.of()
        : List.of(
            Finding.both(Safety.NO, new Concern.WalLevelTooLow(candidate, "logical", level.get())));
  }
}
