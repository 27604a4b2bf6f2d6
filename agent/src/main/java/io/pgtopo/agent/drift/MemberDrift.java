package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.ReportedLiveness;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;

/** What is wrong with the server behind a declared address: which one it is, and in what role. */
public sealed interface MemberDrift extends Drift {
  /** As declared. */
  Instance instance();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case ForeignSystemId foreign -> DriftKind.FOREIGN_SYSTEM_ID;
      case RestartLoop loop -> DriftKind.RESTART_LOOP;
      case InstanceUnreachable silent -> DriftKind.INSTANCE_UNREACHABLE;
      case ConnectionsRefused refused -> DriftKind.CONNECTIONS_REFUSED;
      case DuplicateInstance duplicate -> DriftKind.DUPLICATE_INSTANCE;
      case SharedAddress shared -> DriftKind.SHARED_ADDRESS;
      case AddressMismatch mismatch -> DriftKind.ADDRESS_MISMATCH;
      case RoleMismatch mismatch -> DriftKind.ROLE_MISMATCH;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(instance());
  }

  /**
   * {@link DriftKind#FOREIGN_SYSTEM_ID}.
   *
   * @param expected what the rest of its cluster has
   * @param agreeing how many members of its cluster have that
   */
  record ForeignSystemId(Instance instance, LiveInstance live, SystemId expected, int agreeing)
      implements MemberDrift {
    /**
     * It is another server now, or others are copies of it. That those are silent which are not
     * shows nothing.
     */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return now.at(live.endpoint())
          .filter(it -> it.proven().equals(live.proven()))
          .filter(it -> now.clusterOf(it).members().size() == 1)
          .isEmpty();
    }
  }

  /**
   * {@link DriftKind#RESTART_LOOP}: what was noticed within ten minutes.
   *
   * @param crashes after which its first process started all others again
   * @param starts of the server as a whole
   * @param failedStarts after which it went down before it accepted a connection
   */
  record RestartLoop(Instance instance, int crashes, int starts, int failedStarts)
      implements MemberDrift {}

  /** {@link DriftKind#INSTANCE_UNREACHABLE}. */
  record InstanceUnreachable(Instance instance, Failure failure, ReportedLiveness reported)
      implements MemberDrift {}

  /** {@link DriftKind#CONNECTIONS_REFUSED}: a kept connection answered, a new one failed. */
  record ConnectionsRefused(Instance instance, LiveInstance live, Failure failure)
      implements MemberDrift {}

  /**
   * {@link DriftKind#DUPLICATE_INSTANCE}: whether a server of its own exists is unknown.
   *
   * @param live the server that its address leads to
   * @param server the endpoint that stands for it, or whose server it is
   */
  record DuplicateInstance(Instance instance, LiveInstance live, Endpoint server, Proof proof)
      implements MemberDrift {
    /** How both endpoints are known to be of one server. */
    public enum Proof {
      BOTH_ANSWERED,
      /** The other one did not answer; its server was there before, or listens there. */
      ITS_OWN_ADDRESS_IS_SILENT
    }
  }

  /** {@link DriftKind#SHARED_ADDRESS}: whether a server of its own exists is unknown. */
  record SharedAddress(Instance instance) implements MemberDrift {}

  /**
   * {@link DriftKind#ADDRESS_MISMATCH}.
   *
   * @param answeredFrom on another declared node
   */
  record AddressMismatch(Instance instance, LiveInstance live, Endpoint answeredFrom)
      implements MemberDrift {}

  /** {@link DriftKind#ROLE_MISMATCH}. */
  record RoleMismatch(Instance instance, LiveInstance live) implements MemberDrift {}
}
