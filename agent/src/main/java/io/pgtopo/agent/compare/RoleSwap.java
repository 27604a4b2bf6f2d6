package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Routing;
import io.pgtopo.agent.drift.ServiceDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether wrong roles are one switchover: the declared primary is a replica, and exactly one other
 * member is the primary; in a standby cluster, the declared leader streams from a member that
 * streams from what it should stream from itself. Roles alone decide: what else is wrong is a drift
 * of its own.
 */
final class RoleSwap {
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
    var swap = ofPrimaries(context, found.drifts()).or(() -> ofStandbyLeaders(context));
    if (swap.isPresent()) {
      return withSwap(withoutItsRoutings(found.without(DriftKind.ROLE_MISMATCH)), cluster, swap);
    }
    var areRolesRight =
        found.drifts().stream().noneMatch(MemberDrift.RoleMismatch.class::isInstance)
            && cluster.instances().stream()
                .allMatch(it -> found.isEvaluated(DriftKind.ROLE_MISMATCH, Subject.of(it)));
    return areRolesRight ? withSwap(found, cluster, swap) : found;
  }

  /** It names the services that it misroutes, but for what clients have proved. */
  private static Evaluation withoutItsRoutings(Evaluation found) {
    return new Evaluation(
        found.drifts().stream()
            .filter(drift -> !(drift instanceof ServiceDrift.ServiceMisrouted it) || it.isProved())
            .toList(),
        found.evaluated());
  }

  private static Evaluation withSwap(Evaluation found, Cluster cluster, Optional<Drift> swap) {
    return Evaluation.merged(
        Stream.of(found, Evaluation.of(DriftKind.ROLE_SWAPPED, Subject.of(cluster), swap)));
  }

  private static Optional<Drift> ofPrimaries(ClusterContext context, List<Drift> drifts) {
    var cluster = context.cluster();
    var roles =
        drifts.stream()
            .filter(MemberDrift.RoleMismatch.class::isInstance)
            .map(MemberDrift.RoleMismatch.class::cast)
            .toList();
    var demoted =
        roles.stream()
            .filter(role -> cluster.primary().equals(Optional.of(role.instance())))
            .filter(role -> role.live().role() == LiveRole.REPLICA)
            .findFirst();
    var promoted =
        roles.stream().filter(role -> role.live().role() == LiveRole.PRIMARY).findFirst();
    if (roles.size() != 2
        || demoted.isEmpty()
        || promoted.isEmpty()
        || !demoted.get().live().isCopyOf(promoted.get().live())) {
      return Optional.empty();
    }
    return Optional.of(
        new ClusterDrift.RoleSwapped(
            cluster,
            demoted.get(),
            promoted.get(),
            Routing.after(demoted.get().instance(), promoted.get().instance(), cluster).stream()
                .filter(routing -> !ServiceComparison.leadsRight(context, routing.service()))
                .toList()));
  }

  private static Optional<Drift> ofStandbyLeaders(ClusterContext context) {
    var cluster = context.cluster();
    var members = context.members();
    return promotedIn(cluster, members, context.live())
        .flatMap(
            promoted ->
                members.answering().entrySet().stream()
                    .filter(member -> member.getValue().equals(promoted))
                    .map(Map.Entry::getKey)
                    .findFirst())
        .map(
            promoted ->
                new ClusterDrift.RoleSwapped(
                    cluster,
                    role(cluster.primary().orElseThrow(), members),
                    role(promoted, members),
                    List.of()));
  }

  private static MemberDrift.RoleMismatch role(Instance instance, ClusterContext.Members members) {
    return new MemberDrift.RoleMismatch(
        instance, Objects.requireNonNull(members.answering().get(instance)));
  }

  /** The leader of a standby cluster instead of the declared one. */
  static Optional<LiveInstance> promotedIn(
      Cluster cluster, ClusterContext.Members members, Topology live) {
    return cluster
        .primary()
        .filter(Instance::isStandbyLeader)
        .flatMap(declared -> Optional.ofNullable(members.answering().get(declared)))
        .flatMap(RoleSwap::upstream)
        .flatMap(
            endpoint ->
                members.answering().values().stream()
                    .filter(member -> member.endpoint().equals(endpoint))
                    .findFirst())
        .filter(
            promoted ->
                cluster.upstream().filter(source -> follows(promoted, source, live)).isPresent());
  }

  private static Optional<Endpoint> upstream(LiveInstance found) {
    return found.upstream() instanceof LiveUpstream.Follows(Peer.Known(var endpoint))
        ? Optional.of(endpoint)
        : Optional.empty();
  }

  /** By the server or, where that is not polled, by the address that its walreceiver dialled. */
  private static boolean follows(LiveInstance found, Endpoint source, Topology live) {
    return upstream(found).equals(Optional.of(live.serverAt(source)))
        || live.linkTo(found)
            .flatMap(ReplicationLink::receiver)
            .flatMap(WalReceiver::upstream)
            .filter(new HostPort(source.host(), source.port())::equals)
            .isPresent();
  }
}
