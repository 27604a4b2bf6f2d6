package io.pgtopo.agent.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import java.util.Optional;

/** What advice would do to the true servers if somebody followed it as it is written. */
final class Harm {
  private final TrueWorld world;

  Harm(TrueWorld world) {
    this.world = world;
  }

  /** Fails if it adds a second primary, or discards WAL that exists nowhere else. */
  void check(Advice advice) {
    try {
      follow(advice);
    } catch (AssertionError harm) {
      throw new AssertionError(advice + ": " + harm.getMessage(), harm);
    }
  }

  private void follow(Advice advice) {
    switch (advice) {
      case Advice.Start(var instance, var manager) ->
          noneLeadsBut(instance.cluster(), instance.endpoint());
      case Advice.Promote(var cluster, var candidate, var manager) -> {
        noneLeadsBut(cluster.name(), cluster.instances().getFirst().endpoint());
        noneFollowsOutside(cluster.name());
        candidate.ifPresent(it -> hasMostWal(it, cluster.name()));
      }
      case Advice.RestoreStore it -> {}
      case Advice.RestoreOrReplace(var instance, var candidate, var manager) -> {
        noneLeadsBut(instance.cluster(), instance.endpoint());
        candidate.ifPresent(it -> hasMostWal(it, instance.cluster()));
      }
      case Advice.FollowLeader(var instance, var leader, var beyond, var manager) -> {
        assertThat(at(leader.endpoint()).isInProduction).as("%s leads", leader).isTrue();
        var follower = at(instance.endpoint());
        if (beyond.equals(Optional.of(0L))) {
          assertThat(isReachable(follower, at(leader.endpoint())))
              .as("%s has no WAL that %s has not", instance.name(), leader.endpoint())
              .isTrue();
        }
      }
      case Advice.StartAsStandby it -> {}
      case Advice.FindOut it -> {}
      case Advice.RepairWay it -> {}
      case Advice.FindPrimaryFirst it -> {}
      case Advice.DeclareUpstream it -> {}
      case Advice.DeclareRole it when it.live() == LiveRole.PRIMARY -> {}
      case Advice.DeclareRole it -> leadsAlone(it.leader(), it.instance().cluster());
      case Advice.ExchangeRoles it -> leadsAlone(it.leader(), it.demoted().cluster());
      case Advice.DeclarePrimary it ->
          it.primaries()
              .forEach(leader -> assertThat(at(leader.endpoint()).isInProduction).isTrue());
      case Advice.KeepUpstream it -> {}
      case Advice.KeepPaused it -> {}
      case Advice.Wait it -> {}
      case Advice.SettleFirst it -> {}
      case Advice.Configure it -> {}
      case Advice.Renew it ->
          assertThat(at(it.leader().endpoint()).isInProduction)
              .as("%s leads", it.leader())
              .isTrue();
      case Advice.ChoosePrimary it -> it.sides().forEach(this::isAsSaid);
    }
  }

  /** A server is given up for what is said of it. */
  private void isAsSaid(Advice.Side side) {
    var primary = at(side.primary().endpoint());
    side.rivalry()
        .filter(it -> it.relation() == CompetingPrimary.Relation.ZOMBIE)
        .ifPresent(
            it ->
                assertThat(isReachable(primary, at(it.newest().endpoint())))
                    .as("%s wrote nothing since", primary.name)
                    .isTrue());
    assertThat(world.servers)
        .filteredOn(it -> it.isConnected() && it.upstream.equals(Optional.of(primary)))
        .extracting(it -> it.endpoint)
        .as("standbys of %s", primary.name)
        .containsAll(side.standbys());
  }

  /** A switchover stops it first. */
  private void leadsAlone(LiveInstance leader, String cluster) {
    assertThat(at(leader.endpoint()).isInProduction).as("%s leads", leader).isTrue();
    noneLeadsBut(cluster, leader.endpoint());
  }

  private static boolean isReachable(TrueServer follower, TrueServer leader) {
    return follower.timeline == leader.timeline
        || leader.promotedAt.filter(began -> follower.position <= began.value()).isPresent();
  }

  private void noneLeadsBut(String cluster, Endpoint endpoint) {
    assertThat(
            world.of(cluster).stream()
                .filter(server -> server.isAlive && server.isInProduction)
                .filter(server -> !server.endpoint.equals(endpoint))
                .map(server -> server.name))
        .as("other servers of %s that lead", cluster)
        .isEmpty();
  }

  private void noneFollowsOutside(String cluster) {
    assertThat(world.of(cluster))
        .as("%s is no standby cluster", cluster)
        .noneMatch(
            server ->
                server.isConnected()
                    && server.upstream.filter(it -> !it.cluster.equals(cluster)).isPresent());
  }

  private void hasMostWal(LiveInstance candidate, String cluster) {
    assertThat(
            world.of(cluster).stream()
                .filter(it -> it.isAlive && !it.isInProduction)
                .filter(it -> it.position > at(candidate.endpoint()).position)
                .map(it -> it.name))
        .as("servers of %s with more WAL than %s", cluster, candidate.endpoint())
        .isEmpty();
  }

  private TrueServer at(Endpoint endpoint) {
    return world.servers.stream()
        .filter(server -> server.endpoint.equals(endpoint))
        .findFirst()
        .orElseThrow();
  }
}
