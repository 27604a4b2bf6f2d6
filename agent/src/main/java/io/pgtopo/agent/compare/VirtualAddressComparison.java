package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the VIP of a cluster leads to its primary; of a standby cluster, to any member. Without a
 * VIP, whether the DNS name of the cluster does.
 */
final class VirtualAddressComparison {
  private final Cluster cluster;
  private final Map<Instance, LiveInstance> answering;

  /** The one primary; empty if none is seen, or several. */
  private final Optional<Endpoint> leader;

  /** Members of which no server of their own was seen. */
  private final List<Instance> unseen;

  private VirtualAddressComparison(ClusterContext context) {
    this.cluster = context.cluster();
    this.answering = context.members().answering();
    this.unseen = context.members().unseen();
    this.leader = context.leader();
  }

  /** A VIP that is not declared, or that this agent does not poll, is not evaluated. */
  static Evaluation evaluate(ClusterContext context) {
    var vip = context.cluster().virtualEndpoint();
    if (vip.isEmpty()) {
      return named(context);
    }
    var found = vip.flatMap(address -> Optional.ofNullable(context.live().virtual().get(address)));
    return found.isEmpty()
        ? Evaluation.NOTHING
        : Evaluation.of(
            DriftKind.VIP_MISPLACED,
            Subject.of(context.cluster()),
            new VirtualAddressComparison(context).compare(vip.get(), found.get()));
  }

  /**
   * A name that is not found, or leads elsewhere than to members that answer, is not evaluated: the
   * name servers of the agent's machine may not be those of the clients.
   */
  private static Evaluation named(ClusterContext context) {
    var cluster = context.cluster();
    var comparison = new VirtualAddressComparison(context);
    var primary = comparison.leader.flatMap(comparison::member);
    var report = cluster.traits().dnsName().flatMap(context.fleet().earlier().others().names()::of);
    if (cluster.upstream().isPresent() || primary.isEmpty() || report.isEmpty()) {
      return Evaluation.NOTHING;
    }
    var reached =
        report.get().addresses().stream()
            .distinct()
            .map(address -> comparison.at(address, primary.get()))
            .toList();
    if (reached.isEmpty() || reached.stream().anyMatch(Optional::isEmpty)) {
      return Evaluation.NOTHING;
    }
    var members = reached.stream().flatMap(Optional::stream).toList();
    return Evaluation.of(
        DriftKind.VIP_MISPLACED,
        Subject.of(cluster),
        members.contains(primary.get())
            ? Optional.empty()
            : Optional.of(
                new ClusterDrift.NameMisplaced(cluster, report.get(), primary.get(), members)));
  }

  /** The member at an address: of several, the primary. */
  private Optional<LiveInstance> at(String address, LiveInstance primary) {
    var there =
        answering.entrySet().stream()
            .filter(it -> it.getKey().endpoint().host().equals(address))
            .map(Map.Entry::getValue)
            .toList();
    return there.contains(primary) ? Optional.of(primary) : there.stream().findFirst();
  }

  /**
   * What is wrong with it.
   *
   * @param vip where clients connect to the cluster
   * @param found what was found there
   */
  private Optional<Drift> compare(Endpoint vip, VirtualAddress found) {
    return switch (found) {
      case VirtualAddress.Silent(var failure) ->
          Optional.of(unverifiable(new Reason.VipSilent(vip, failure)));
      case VirtualAddress.LeadsElsewhere(var facts) ->
          Optional.of(
              unseen.isEmpty()
                  ? misplaced(vip, found, Optional.empty())
                  : unverifiable(
                      new Reason.VipMayBeMember(
                          vip, facts.identity(), unseen.stream().map(Instance::name).toList())));
      case VirtualAddress.LeadsTo(var server) ->
          member(server).isEmpty()
              ? Optional.of(misplaced(vip, found, Optional.empty()))
              : member(server).flatMap(member -> compare(vip, found, member));
    };
  }

  private Optional<Drift> compare(Endpoint vip, VirtualAddress found, LiveInstance member) {
    if (cluster.upstream().isPresent() || leader.equals(Optional.of(member.endpoint()))) {
      return Optional.empty();
    }
    return Optional.of(
        leader.isEmpty()
            ? unverifiable(new Reason.NoPrimarySeen())
            : misplaced(vip, found, Optional.of(member)));
  }

  private Optional<LiveInstance> member(Endpoint server) {
    return answering.values().stream()
        .filter(member -> member.endpoint().equals(server))
        .findFirst();
  }

  private Drift misplaced(Endpoint vip, VirtualAddress found, Optional<LiveInstance> member) {
    return new ClusterDrift.VipMisplaced(cluster, vip, leader.flatMap(this::member), found, member);
  }

  private Drift unverifiable(Reason reason) {
    return new Drift.Unverifiable(DriftKind.VIP_MISPLACED, Subject.of(cluster), reason);
  }
}
