package io.pgtopo.agent.advice;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.LowParameter;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.ServerDrift;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Optional;

/**
 * Advice for drifts whose kind alone decides what to do, and a manager how: what it writes itself
 * does not last if it is changed by hand, and what it runs it also rebuilds.
 */
final class ByManager {
  private static final String UPSTREAM = "primary_conninfo";

  private ByManager() {}

  /** Empty if no manager is seen, or the one that is has no part in it. */
  static Optional<Advice> of(Drift drift, Situation situation) {
    return situation
        .manager()
        .flatMap(
            manager ->
                renewed(drift)
                    .flatMap(instance -> renewal(instance, drift, situation, manager))
                    .or(() -> configuration(drift, manager)));
  }

  private static Optional<Instance> renewed(Drift drift) {
    return switch (drift) {
      case ReplicationDrift.Diverged it -> Optional.of(it.instance());
      case ReplicationDrift.TimelineFork it -> Optional.of(it.instance());
      case MemberDrift.ForeignSystemId it -> Optional.of(it.instance());
      default -> Optional.empty();
    };
  }

  /** Only from a single primary that is ours. */
  private static Optional<Advice> renewal(
      Instance instance, Drift drift, Situation situation, Advice.Manager manager) {
    return situation
        .leader()
        .filter(situation::isOurs)
        .filter(leader -> !leader.endpoint().equals(instance.endpoint()))
        .map(leader -> new Advice.Renew(instance, drift.kind(), leader, manager));
  }

  private static Optional<Advice> configuration(Drift drift, Advice.Manager manager) {
    return Optional.of(settings(drift))
        .filter(settings -> !settings.isEmpty() && settings.stream().allMatch(manager::keeps))
        .map(settings -> new Advice.Configure(drift.subject(), drift.kind(), settings, manager));
  }

  /** Those that end it. */
  private static List<String> settings(Drift drift) {
    return switch (drift) {
      case ClusterDrift.CommitsBlocked it -> List.of("synchronous_standby_names");
      case ClusterDrift.SyncStandbyMissing it -> List.of("synchronous_standby_names");
      case ReplicationDrift.UpstreamMismatch it -> List.of(UPSTREAM);
      case ReplicationDrift.OrphanedReplica it -> List.of(UPSTREAM);
      case ReplicationDrift.ReplicationLoop it -> List.of(UPSTREAM);
      case ReplicationDrift.DelayMismatch it -> List.of("recovery_min_apply_delay");
      case ReplicationDrift.TimelineBehind it -> List.of("recovery_target_timeline");
      case ReplicationDrift.FailoverSlotUnsynced it ->
          List.of("sync_replication_slots", "hot_standby_feedback", "primary_slot_name");
      case ServerDrift.StandbySlotMissing it -> List.of("synchronized_standby_slots");
      case ServerDrift.PrimaryReadOnly it -> List.of("default_transaction_read_only");
      case ServerDrift.ParametersTooLow it ->
          it.parameters().stream().map(LowParameter::name).toList();
      default -> List.of();
    };
  }
}
