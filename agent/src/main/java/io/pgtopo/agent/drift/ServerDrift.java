package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.List;

/** What is wrong with the version, a setting or the archiver of a declared instance. */
public sealed interface ServerDrift extends Drift {
  /** As declared. */
  Instance instance();

  /** As it reports itself. */
  LiveInstance live();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case PrimaryReadOnly readOnly -> DriftKind.PRIMARY_READ_ONLY;
      case ParametersTooLow tooLow -> DriftKind.PARAMETERS_TOO_LOW;
      case VersionMismatch mismatch -> DriftKind.VERSION_MISMATCH;
      case ArchivingFails fails -> DriftKind.ARCHIVING_FAILS;
      case StandbySlotMissing missing -> DriftKind.STANDBY_SLOT_MISSING;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(instance());
  }

  /** {@link DriftKind#PRIMARY_READ_ONLY}. */
  record PrimaryReadOnly(Instance instance, LiveInstance live) implements ServerDrift {}

  /** {@link DriftKind#PARAMETERS_TOO_LOW}. */
  record ParametersTooLow(
      Instance instance, LiveInstance live, LiveInstance primary, List<LowParameter> parameters)
      implements ServerDrift {
    public ParametersTooLow {
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * {@link DriftKind#VERSION_MISMATCH}.
   *
   * @param declared major version
   */
  record VersionMismatch(Instance instance, LiveInstance live, int declared)
      implements ServerDrift {}

  /** {@link DriftKind#ARCHIVING_FAILS}. */
  record ArchivingFails(Instance instance, LiveInstance live, ArchiveFault why)
      implements ServerDrift {}

  /**
   * {@link DriftKind#STANDBY_SLOT_MISSING}.
   *
   * @param missing names in {@code synchronized_standby_slots} without a physical slot
   * @param waiting its failover slots, whose clients receive nothing
   */
  record StandbySlotMissing(
      Instance instance, LiveInstance live, List<String> missing, List<ReplicationSlot> waiting)
      implements ServerDrift {
    public StandbySlotMissing {
      missing = List.copyOf(missing);
      waiting = List.copyOf(waiting);
    }
  }
}
