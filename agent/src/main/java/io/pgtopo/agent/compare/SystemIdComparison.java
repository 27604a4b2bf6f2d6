package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.Optional;

/** Whether all members are physical copies of the same cluster. */
final class SystemIdComparison {
  private SystemIdComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    if (cluster.members().answering().isEmpty()) {
      return Evaluation.NOTHING;
    }
    return cluster
        .systemId()
        .map(
            expected ->
                cluster.each((instance, found) -> evaluate(instance, found, expected, cluster)))
        .orElseGet(
            () ->
                Evaluation.unverifiable(
                    DriftKind.FOREIGN_SYSTEM_ID,
                    Subject.of(cluster.cluster()),
                    new Reason.NoMajority()));
  }

  private static Evaluation evaluate(
      Instance instance, LiveInstance found, SystemId expected, ClusterContext cluster) {
    return Evaluation.of(
        DriftKind.FOREIGN_SYSTEM_ID,
        Subject.of(instance),
        expected.equals(found.systemId())
            ? Optional.empty()
            : Optional.of(
                new MemberDrift.ForeignSystemId(
                    instance, found, expected, agreeing(expected, cluster))));
  }

  private static int agreeing(SystemId systemId, ClusterContext cluster) {
    return (int)
        cluster.members().answering().values().stream()
            .filter(found -> found.systemId().equals(systemId))
            .count();
  }
}
