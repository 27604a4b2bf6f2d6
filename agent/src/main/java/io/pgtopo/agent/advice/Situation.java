package io.pgtopo.agent.advice;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who leads a declared cluster, who may lead it, and who has its WAL. Servers of its system
 * identifier count, declared or not.
 */
public final class Situation {
  private final Cluster cluster;
  private final Topology live;
  private final List<LiveInstance> answering;
  private final Map<Endpoint, String> declared;

  /**
   * Of one cluster.
   *
   * @param declared the names of the clusters of all declared endpoints
   */
  private Situation(Cluster cluster, Map<Endpoint, String> declared, Topology live) {
    this.cluster = cluster;
    this.live = live;
    this.declared = declared;
    this.answering =
        cluster.instances().stream()
            .flatMap(instance -> live.at(instance.endpoint()).stream())
            .filter(found -> live.isServer(found.endpoint()))
            .toList();
  }

  /** Of each of the declared clusters. */
  public static Function<Cluster, Situation> of(Inventory declared, Topology live) {
    var clusters = new HashMap<Endpoint, String>();
    declared.instances().forEach(it -> clusters.put(it.endpoint(), it.cluster()));
    return cluster -> new Situation(cluster, clusters, live);
  }

  /** The declared cluster. */
  public Cluster cluster() {
    return cluster;
  }

  /** Every server of the cluster that accepts writes, in order of their endpoints. */
  public List<LiveInstance> primaries() {
    return answering.stream()
        .map(live::clusterOf)
        .distinct()
        .flatMap(system -> system.members().stream())
        .flatMap(member -> live.at(member).stream())
        .filter(found -> found.role() == LiveRole.PRIMARY && isOfThisCluster(found))
        .sorted(Comparator.comparing(LiveInstance::endpoint))
        .toList();
  }

  /** Whether several servers accept writes: that comes before all else. */
  public boolean isSplit() {
    return primaries().size() > 1;
  }

  /** What manages the cluster; empty if no member shows a manager, or they show several. */
  public Optional<Advice.Manager> manager() {
    var shown =
        answering.stream()
            .flatMap(
                found ->
                    HaManager.of(found.facts().replication()).stream()
                        .map(it -> new Advice.Manager(it, found.facts().identity().clusterName())))
            .distinct()
            .toList();
    return shown.size() == 1 ? Optional.of(shown.getFirst()) : Optional.empty();
  }

  /** A standby cluster has the system identifier of the cluster that it follows. */
  private boolean isOfThisCluster(LiveInstance found) {
    return Optional.ofNullable(declared.get(found.endpoint()))
        .map(cluster.name()::equals)
        .orElseGet(() -> outerUpstream().filter(link -> isAbove(found, link)).isEmpty());
  }

  /** Whether it is a member, or a member streams from it: any other may be a copy by mistake. */
  public boolean isOurs(LiveInstance primary) {
    return isDeclared(primary.endpoint())
        || standbysOf(primary).stream().anyMatch(this::isDeclared);
  }

  private boolean isDeclared(Endpoint endpoint) {
    return cluster.name().equals(declared.get(endpoint));
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

  /**
   * Whether at least as many members that answer have other data than a server, as have its own, it
   * included.
   */
  boolean isOutnumbered(LiveInstance leader) {
    var others = answering.stream().filter(leader::isForeignTo).count();
    return others > 0 && 2 * others >= answering.size();
  }

  /** The one server that leads. */
  public Optional<LiveInstance> leader() {
    var primaries = primaries();
    return primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }

  /** Whether a replica has WAL that the leader has not: then the leader is no complete copy. */
  boolean isLeaderPassed() {
    return leader()
        .filter(
            leader ->
                answering.stream()
                    .filter(found -> found.role() == LiveRole.REPLICA && leader.isCopyOf(found))
                    .flatMap(replica -> bytesBeyond(replica, leader).stream())
                    .anyMatch(bytes -> bytes > 0))
        .isPresent();
  }

  /** The link by which a member receives WAL from a server outside of the cluster. */
  public Optional<ReplicationLink> outerUpstream() {
    return answering.stream()
        .filter(found -> found.role() == LiveRole.REPLICA)
        .flatMap(found -> live.linkTo(found).stream())
        .filter(link -> link.upstream().ifKnown().filter(this::isDeclared).isEmpty())
        .findFirst();
  }

  /** The declared member at the lower end of a link. */
  Optional<Instance> member(Peer peer) {
    return cluster.instances().stream()
        .filter(instance -> peer.equals(new Peer.Known(instance.endpoint())))
        .findFirst();
  }

  /** The members that did not answer. */
  public List<Instance> silent() {
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

  /**
   * The replica with the most WAL; empty if there is none, if they are on several timelines, or if
   * another one may have received more than it shows.
   */
  public Optional<LiveInstance> mostAdvanced() {
    var replicas = answering.stream().filter(found -> found.role() == LiveRole.REPLICA).toList();
    var timelines =
        replicas.stream().map(found -> found.facts().timeline().id()).distinct().count();
    var histories = replicas.stream().map(LiveInstance::proven).distinct().count();
    return timelines == 1 && histories == 1
        ? replicas.stream()
            .max(
                Comparator.comparing(Situation::position)
                    .thenComparing(LiveInstance::endpoint, Comparator.reverseOrder()))
            .filter(most -> replicas.stream().noneMatch(it -> mayHaveMore(it, position(most))))
        : Optional.empty();
  }

  /** How much WAL a server certainly has. */
  public static Lsn position(LiveInstance instance) {
    var state = instance.facts().state();
    var isStreaming = instance.facts().walReceiver().isPresent();
    // Right after a start the received position is the begin of a segment, which it may not have.
    return (state instanceof ServerState.InRecovery recovery && !isStreaming
            ? recovery.replayed()
            : Positions.end(state))
        .orElse(new Lsn(0));
  }

  /** Whether a server may have WAL beyond a position: what it received and has not replayed. */
  private static boolean mayHaveMore(LiveInstance instance, Lsn position) {
    return Positions.end(instance.facts().state())
        .filter(end -> end.compareTo(position) > 0)
        .isPresent();
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
    return shared
        .filter(end -> position(replica).compareTo(end) > 0 || !mayHaveMore(replica, end))
        .map(end -> Math.max(0, position(replica).bytesAfter(end)));
  }
}
