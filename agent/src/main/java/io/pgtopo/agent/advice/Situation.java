package io.pgtopo.agent.advice;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who leads a declared cluster, who may lead it, and who has its WAL. Servers of its system
 * identifier count, declared or not.
 */
final class Situation {
  private final Cluster cluster;
  private final Topology live;
  private final List<LiveInstance> answering;
  private final Set<Endpoint> declared;
  private final Set<Endpoint> elsewhere;

  /**
   * Of one cluster.
   *
   * @param inventory that it is of: servers of its other clusters are none of this one
   */
  Situation(Cluster cluster, Inventory inventory, Topology live) {
    this.cluster = cluster;
    this.live = live;
    this.elsewhere =
        inventory
            .instances()
            .filter(instance -> !instance.cluster().equals(cluster.name()))
            .map(Instance::endpoint)
            .collect(Collectors.toSet());
    this.answering =
        cluster.instances().stream()
            .flatMap(instance -> live.at(instance.endpoint()).stream())
            .filter(found -> live.isServer(found.endpoint()))
            .toList();
    this.declared =
        cluster.instances().stream().map(Instance::endpoint).collect(Collectors.toSet());
  }

  Cluster cluster() {
    return cluster;
  }

  /** Every server of the cluster that accepts writes, in order of their endpoints. */
  List<LiveInstance> primaries() {
    Set<SystemId> ids = answering.stream().map(LiveInstance::systemId).collect(Collectors.toSet());
    return live.instances().values().stream()
        .filter(found -> live.isServer(found.endpoint()))
        .filter(found -> found.role() == LiveRole.PRIMARY)
        .filter(found -> ids.contains(found.systemId()) && isOfThisCluster(found))
        .toList();
  }

  /** A standby cluster has the system identifier of the cluster that it follows. */
  private boolean isOfThisCluster(LiveInstance found) {
    return declared.contains(found.endpoint())
        || (!elsewhere.contains(found.endpoint())
            && outerUpstream().filter(link -> isAbove(found, link)).isEmpty());
  }

  private boolean isAbove(LiveInstance primary, ReplicationLink link) {
    var upstream = link.upstream().ifKnown();
    var hops = live.instances().size();
    while (upstream.isPresent() && hops-- > 0) {
      if (upstream.get().equals(primary.endpoint())) {
        return true;
      }
      upstream =
          live.at(upstream.get()).flatMap(live::linkTo).flatMap(up -> up.upstream().ifKnown());
    }
    return false;
  }

  /** The one server that leads. */
  Optional<LiveInstance> leader() {
    var primaries = primaries();
    return primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }

  /** The link by which a member receives WAL from a server outside of the cluster. */
  Optional<ReplicationLink> outerUpstream() {
    return answering.stream()
        .filter(found -> found.role() == LiveRole.REPLICA)
        .flatMap(found -> live.linkTo(found).stream())
        .filter(link -> link.upstream().ifKnown().filter(declared::contains).isEmpty())
        .findFirst();
  }

  /** The declared member at the lower end of a link. */
  Optional<Instance> member(Peer peer) {
    return cluster.instances().stream()
        .filter(instance -> peer.equals(new Peer.Known(instance.endpoint())))
        .findFirst();
  }

  /** The members that did not answer. */
  List<Instance> silent() {
    return cluster.instances().stream()
        .filter(instance -> live.at(instance.endpoint()).isEmpty())
        .toList();
  }

  /** Those that stream from a server. */
  List<Endpoint> standbysOf(LiveInstance upstream) {
    return live.links().stream()
        .filter(link -> link.upstream().equals(new Peer.Known(upstream.endpoint())))
        .filter(ReplicationLink::isStreaming)
        .flatMap(link -> link.downstream().ifKnown().stream())
        .toList();
  }

  /** The replica with the most WAL; empty if there is none, or they are on several timelines. */
  Optional<LiveInstance> mostAdvanced() {
    var replicas = answering.stream().filter(found -> found.role() == LiveRole.REPLICA).toList();
    var timelines =
        replicas.stream().map(found -> found.facts().timeline().id()).distinct().count();
    var histories = replicas.stream().map(LiveInstance::systemId).distinct().count();
    return timelines == 1 && histories == 1
        ? replicas.stream()
            .max(
                Comparator.comparing(Situation::position)
                    .thenComparing(LiveInstance::endpoint, Comparator.reverseOrder()))
        : Optional.empty();
  }

  /** How much WAL a server has. */
  static Lsn position(LiveInstance instance) {
    return switch (instance.facts().state()) {
      case ServerState.InProduction production -> production.written();
      case ServerState.InRecovery recovery -> {
        var replayed = recovery.replayed().orElse(new Lsn(0));
        // Right after a start this is the begin of a segment, which may be ahead of all WAL.
        var received = recovery.received().filter(it -> live(recovery)).orElse(replayed);
        yield received.compareTo(replayed) > 0 ? received : replayed;
      }
    };
  }

  private static boolean live(ServerState.InRecovery recovery) {
    return recovery.receiver().ifSeen().filter(Optional::isPresent).isPresent();
  }

  /** How much WAL a replica has that the leader has not; empty if what is seen does not show it. */
  static Optional<Long> bytesBeyond(LiveInstance replica, LiveInstance leader) {
    var apart = leader.facts().timeline().id() - replica.facts().timeline().id();
    if (!(leader.facts().state() instanceof ServerState.InProduction production)
        || apart < 0
        || apart > 1) {
      return Optional.empty();
    }
    var shared = apart == 0 ? Optional.of(production.written()) : production.promotedAt();
    return shared.map(end -> Math.max(0, position(replica).bytesAfter(end)));
  }
}
