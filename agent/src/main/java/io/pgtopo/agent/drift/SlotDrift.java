package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.config.model.Instance;
import java.util.Optional;

/** What is wrong with a replication slot. */
public sealed interface SlotDrift extends Drift {
  /** The instance that has it, as declared. */
  Instance instance();

  /** The same, as it reports itself. */
  LiveInstance live();

  /** The slot. */
  ReplicationSlot slot();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case SlotLost lost -> DriftKind.SLOT_LOST;
      case SlotOrphaned orphaned -> DriftKind.SLOT_ORPHANED;
      case SlotRetainsWal retains -> DriftKind.SLOT_RETAINS_WAL;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(instance()).part(Subject.Part.Type.SLOT, slot().name());
  }

  /** How much WAL is kept for the slot, if it is known. */
  default Optional<Long> keptBytes() {
    return live().facts().state() instanceof ServerState.InProduction production
        ? slot().retention().restart().map(production.written()::bytesAfter)
        : Optional.empty();
  }

  /**
   * {@link DriftKind#SLOT_LOST}.
   *
   * @param client that received through it at an earlier poll; empty if none is known
   */
  record SlotLost(
      Instance instance,
      LiveInstance live,
      ReplicationSlot slot,
      Optional<LogicalLink.Subscriber> client)
      implements SlotDrift {}

  /** {@link DriftKind#SLOT_ORPHANED}. */
  record SlotOrphaned(Instance instance, LiveInstance live, ReplicationSlot slot)
      implements SlotDrift {}

  /**
   * {@link DriftKind#SLOT_RETAINS_WAL}.
   *
   * @param client that received through it at an earlier poll; empty if none is known
   */
  record SlotRetainsWal(
      Instance instance,
      LiveInstance live,
      ReplicationSlot slot,
      Optional<LogicalLink.Subscriber> client)
      implements SlotDrift {}
}
