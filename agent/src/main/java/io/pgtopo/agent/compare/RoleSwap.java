package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Routing;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Policy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether two wrong roles are one switchover: the declared primary follows, another member leads,
 * all of the cluster is seen, and nothing else is wrong with who leads and who follows whom.
 */
final class RoleSwap {
  /** Besides whatever is critical, what a healthy cluster has not, and of which it can be told. */
  private static final Set<DriftKind> UNHEALTHY =
      EnumSet.of(
          DriftKind.AGENT_ISOLATED,
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.DUPLICATE_INSTANCE,
          DriftKind.UPSTREAM_MISMATCH,
          DriftKind.REPLICA_DETACHED,
          DriftKind.ORPHANED_REPLICA,
          DriftKind.TIMELINE_BEHIND);

  private RoleSwap() {}

  /**
   * What was found in a cluster, with a swap in the place of the two roles that it explains. The
   * kind that was found is evaluated then, and the other is not: the roles are wrong in one way.
   */
  static Evaluation explain(ClusterContext context, Evaluation found) {
    var cluster = context.cluster();
    if (context.fleet().policy().roles(cluster.name()) == Policy.Roles.STRICT) {
      return found;
    }
    var swap = of(cluster, found.drifts());
    if (swap.isPresent()) {
      return withSwap(found.without(DriftKind.ROLE_MISMATCH), cluster, swap);
    }
    var areRolesRight =
        found.drifts().stream().noneMatch(MemberDrift.RoleMismatch.class::isInstance)
            && cluster.instances().stream()
                .allMatch(it -> found.isEvaluated(DriftKind.ROLE_MISMATCH, Subject.of(it)));
    return areRolesRight ? withSwap(found, cluster, swap) : found;
  }

  private static Evaluation withSwap(Evaluation found, Cluster cluster, Optional<Drift> swap) {
    return Evaluation.merged(
        Stream.of(found, Evaluation.of(DriftKind.ROLE_SWAPPED, Subject.of(cluster), swap)));
  }

  private static Optional<Drift> of(Cluster cluster, List<Drift> drifts) {
    var roles =
        drifts.stream()
            .filter(MemberDrift.RoleMismatch.class::isInstance)
            .map(MemberDrift.RoleMismatch.class::cast)
            .toList();
    var isUnhealthy = drifts.stream().map(Drift::topic).anyMatch(RoleSwap::isUnhealthy);
    var demoted =
        roles.stream()
            .filter(role -> cluster.primary().equals(Optional.of(role.instance())))
            .filter(role -> role.live().role() == LiveRole.REPLICA)
            .findFirst();
    var promoted =
        roles.stream().filter(role -> role.live().role() == LiveRole.PRIMARY).findFirst();
    if (isUnhealthy || roles.size() != 2 || demoted.isEmpty() || promoted.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ClusterDrift.RoleSwapped(
            cluster,
            demoted.get(),
            promoted.get(),
            Routing.after(demoted.get().instance(), promoted.get().instance(), cluster)));
  }

  private static boolean isUnhealthy(DriftKind kind) {
    return kind.severity() == Severity.CRITICAL || UNHEALTHY.contains(kind);
  }
}
