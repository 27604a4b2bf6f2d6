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

/** Whether the VIP of a cluster leads to its primary; of a standby cluster, to any member. */
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
    var found = vip.flatMap(address -> Optional.ofNullable(context.live().virtual().get(address)));
    return vip.isEmpty() || found.isEmpty()
        ? Evaluation.NOTHING
        : Evaluation.of(
            DriftKind.VIP_MISPLACED,
            Subject.of(context.cluster()),
            new VirtualAddressComparison(context).compare(vip.get(), found.get()));
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
