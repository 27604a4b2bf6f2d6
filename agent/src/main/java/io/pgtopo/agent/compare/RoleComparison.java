package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Instance;
import java.util.Optional;

/** Whether each member has its declared role. */
final class RoleComparison {
  private RoleComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(
        (instance, found) ->
            expectedRole(instance)
                .map(expected -> evaluate(instance, found, expected, cluster))
                .orElse(Evaluation.NOTHING));
  }

  /** A server that is declared under two names may have the role of either. */
  private static Evaluation evaluate(
      Instance instance, LiveInstance found, LiveRole expected, ClusterContext cluster) {
    var isAsDeclaredElsewhere =
        cluster.members().doubled().keySet().stream()
                .filter(other -> cluster.live().serverAt(other.endpoint()).equals(found.endpoint()))
                .anyMatch(other -> expectedRole(other).equals(Optional.of(found.role())))
            || isAsItsOwnerIsDeclared(found, cluster);
    return Evaluation.of(
        DriftKind.ROLE_MISMATCH,
        Subject.of(instance),
        expected == found.role() || isAsDeclaredElsewhere
            ? Optional.empty()
            : Optional.of(new MemberDrift.RoleMismatch(instance, found)));
  }

  /** Whose address is silent, while the server itself answers at the address of another one. */
  private static boolean isAsItsOwnerIsDeclared(LiveInstance found, ClusterContext cluster) {
    var owner = cluster.live().standIns().get(found.endpoint());
    return cluster.members().silent().stream()
        .filter(silent -> silent.endpoint().equals(owner))
        .anyMatch(silent -> expectedRole(silent).equals(Optional.of(found.role())));
  }

  private static Optional<LiveRole> expectedRole(Instance instance) {
    return instance
        .role()
        .map(declared -> instance.isWriter() ? LiveRole.PRIMARY : LiveRole.REPLICA);
  }
}
