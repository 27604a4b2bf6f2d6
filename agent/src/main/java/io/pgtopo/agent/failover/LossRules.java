package io.pgtopo.agent.failover;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the loss of some servers of a cluster costs.
 *
 * @param scene with these servers lost
 * @param lost of the cluster
 * @param readiness whether the primary could be replaced after the loss
 */
record LossRules(Scene scene, List<Instance> lost, Supplier<Readiness> readiness) {

  List<LossEffect> effects() {
    var endpoints = lost.stream().map(Instance::endpoint).collect(Collectors.toSet());
    var effects = new ArrayList<LossEffect>();
    detached(endpoints).ifPresent(effects::add);
    slots().forEach(effects::add);
    if (endpoints.contains(scene.primary().endpoint())) {
      effects.add(new LossEffect.LosesWriter(readiness.get()));
      return effects;
    }
    commits(endpoints).ifPresent(effects::add);
    services().forEach(effects::add);
    if (scene.candidates().noneMatch(LossRules::mayLead)) {
      effects.add(new LossEffect.LeavesNoCandidate());
    }
    return effects;
  }

  /** Whether it could be promoted in need, be it with the loss of commits. */
  private static boolean mayLead(Candidate candidate) {
    return candidate.findings().stream()
        .filter(finding -> !(finding.concern() instanceof Concern.OfOthers))
        .noneMatch(finding -> finding.switchover() == Safety.NO);
  }

  private Optional<LossEffect> detached(Set<Endpoint> lost) {
    var members =
        scene
            .replicas()
            .filter(
                it ->
                    scene
                        .live()
                        .linkTo(it.server())
                        .map(ReplicationLink::upstream)
                        .flatMap(Peer::ifKnown)
                        .filter(lost::contains)
                        .filter(up -> !up.equals(scene.primary().endpoint()))
                        .isPresent())
            .map(Scene.Member::declared)
            .toList();
    return members.isEmpty() ? Optional.empty() : Optional.of(new LossEffect.Detaches(members));
  }

  /** Logical slots that clients use on standbys: no other server has them. */
  private List<LossEffect> slots() {
    return lost.stream()
        .filter(instance -> !instance.endpoint().equals(scene.primary().endpoint()))
        .flatMap(
            instance ->
                scene.live().at(instance.endpoint()).stream()
                    .flatMap(
                        server ->
                            server.facts().replication().slots().stream()
                                .filter(slot -> slot.type() == ReplicationSlot.Type.LOGICAL)
                                .filter(
                                    slot ->
                                        slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT
                                            && !slot.isLost()
                                            && slot.failover() != ReplicationSlot.Failover.SYNCED)
                                .filter(slot -> isUsed(server, slot))
                                .<LossEffect>map(
                                    slot ->
                                        new LossEffect.EndsSlot(
                                            instance, slot, scene.linkThrough(server, slot)))))
        .toList();
  }

  /** Patroni copies its permanent slots, and nobody uses the copies. */
  private boolean isUsed(LiveInstance server, ReplicationSlot slot) {
    return slot.activePid().isPresent()
        || scene.linkThrough(server, slot).flatMap(LogicalLink::subscriber).isPresent();
  }

  /** Which standbys the commits of the primary would still have to wait for. */
  private Optional<LossEffect> commits(Set<Endpoint> lost) {
    var primary = scene.primary();
    var names = "synchronous_standby_names";
    var setting = Scene.setting(primary, names);
    if (setting.isEmpty() || !primary.facts().replication().showsWalSenders()) {
      return Optional.of(
          new LossEffect.UnknownEffect(
              Scene.hidden(
                  Safety.UNKNOWN,
                  Safety.UNKNOWN,
                  primary,
                  setting.isEmpty() ? names : "pg_stat_replication")));
    }
    if (setting.get().isBlank()) {
      return Optional.empty();
    }
    return SynchronousStandbys.parse(setting.get())
        .flatMap(
            wanted -> {
              var left = (int) left(wanted, lost);
              return left < wanted.needed()
                  ? Optional.of(
                      new LossEffect.BlocksCommits(wanted, left, SynchronyRules.waivedBy(primary)))
                  : Optional.<LossEffect>empty();
            });
  }

  private long left(SynchronousStandbys wanted, Set<Endpoint> lost) {
    return scene.live().clusterOf(scene.primary()).links().stream()
        .filter(link -> link.upstream().equals(new Peer.Known(scene.primary().endpoint())))
        .filter(link -> link.downstream().ifKnown().filter(lost::contains).isEmpty())
        .flatMap(link -> link.sender().stream())
        .filter(LossRules::streams)
        .filter(
            row ->
                wanted.names().contains("*")
                    || wanted.names().stream().anyMatch(row.applicationName()::equalsIgnoreCase))
        .count();
  }

  private static boolean streams(WalSender row) {
    return row.stream() instanceof Reading.Seen<WalSender.Stream>(var stream)
        && stream.state() == WalSender.State.STREAMING;
  }

  private List<LossEffect> services() {
    var cluster = scene.situation().cluster();
    var names = lost.stream().map(Instance::name).collect(Collectors.toSet());
    var roles = MemberRoles.live(cluster, scene.live());
    return cluster.services().stream()
        .filter(service -> !ServiceRoute.of(service, roles::of).serving().isEmpty())
        .filter(
            service -> {
              var after =
                  ServiceRoute.of(ServiceRules.without(service, names::contains), roles::of);
              return after.isKnown() && after.serving().isEmpty();
            })
        .<LossEffect>map(LossEffect.EmptiesService::new)
        .toList();
  }
}
