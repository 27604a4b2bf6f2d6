package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveCluster;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the declared cluster of each undeclared server: that of the member it streams from in the
 * end, otherwise of the member that streams from it, otherwise the one whose name it has.
 *
 * <p>The declared upstream of a standby cluster is rightly elsewhere, and so are the servers that
 * belong to it.
 */
public final class ClusterAttribution {
  private final Topology live;

  /** The cluster of each declared endpoint that stands for a server. */
  private final Map<Endpoint, String> declared = new TreeMap<>();

  private final Set<Endpoint> upstreams = new TreeSet<>();

  /** Twice wal_receiver_status_interval, after which a standby replies on an idle link too. */
  private static final Duration EARLIER = Duration.ofSeconds(20);

  /** The links that an undeclared server is an end of, by their ends. */
  private final Map<Peer, List<ReplicationLink>> links = new HashMap<>();

  private final Map<Peer, String> attributed = new HashMap<>();
  private final Set<ReplicationLink> reported = new HashSet<>();
  private final List<UndeclaredServer> found = new ArrayList<>();

  /** All undeclared servers, in order of their cluster. Each belongs to one cluster only. */
  public static List<UndeclaredServer> among(Inventory declared, Topology live) {
    return new ClusterAttribution(declared, live).all();
  }

  private ClusterAttribution(Inventory inventory, Topology live) {
    this.live = live;
    Stream.concat(inventory.instances(), inventory.elsewhere().stream())
        .forEach(it -> declared.putIfAbsent(it.endpoint(), it.cluster()));
    inventory.clusters().forEach(this::addUpstreams);
    live.clusters().values().stream()
        .flatMap(system -> system.links().stream())
        .filter(link -> isUndeclared(link.upstream()) || isUndeclared(link.downstream()))
        .forEach(
            link -> {
              links.computeIfAbsent(link.upstream(), unused -> new ArrayList<>()).add(link);
              links.computeIfAbsent(link.downstream(), unused -> new ArrayList<>()).add(link);
            });
  }

  /** Which way a link is followed. */
  private enum Direction {
    DOWN,
    BOTH
  }

  private List<UndeclaredServer> all() {
    var members = new ArrayList<Peer>();
    declared.keySet().stream()
        .filter(endpoint -> live.at(endpoint).isPresent() && live.isServer(endpoint))
        .map(Peer.Known::new)
        .filter(links::containsKey)
        .forEach(members::add);
    members.forEach(member -> attributed.put(member, clusterOf(member)));
    spread(members, Direction.DOWN);
    spread(List.copyOf(attributed.keySet()), Direction.BOTH);
    attributeByName();
    return found.stream()
        .collect(
            Collectors.groupingBy(it -> Map.entry(it.cluster(), it.peer()), Collectors.toList()))
        .values()
        .stream()
        .flatMap(ClusterAttribution::numbered)
        .sorted(UndeclaredServer.ORDER)
        .toList();
  }

  /**
   * Servers of one name and host, by the starts of their connections. Their replies have the time
   * of one clock: one that is long before the last is the end of an earlier connection. Where rows
   * are hidden, it is not known whether they are several.
   */
  private static Stream<UndeclaredServer> numbered(List<UndeclaredServer> same) {
    var last = same.stream().flatMap(it -> replied(it).stream()).max(Comparator.naturalOrder());
    var several =
        same.stream()
            .filter(it -> row(it).flatMap(row -> row.stream().ifSeen()).isPresent())
            .filter(
                it ->
                    replied(it)
                        .filter(at -> last.filter(at.plus(EARLIER)::isBefore).isPresent())
                        .isEmpty())
            .sorted(
                Comparator.comparing(ClusterAttribution::connectedAt)
                    .thenComparingInt(ClusterAttribution::pid))
            .toList();
    return several.isEmpty()
        ? same.stream().limit(1)
        : IntStream.range(0, several.size()).mapToObj(i -> several.get(i).numbered(i + 1));
  }

  private static Optional<WalSender> row(UndeclaredServer server) {
    return server.link().flatMap(ReplicationLink::sender);
  }

  private static Optional<Instant> replied(UndeclaredServer server) {
    return row(server).flatMap(row -> row.stream().ifSeen()).flatMap(WalSender.Stream::replyTime);
  }

  private static int pid(UndeclaredServer server) {
    return row(server).map(row -> row.backend().pid()).orElse(0);
  }

  private static Instant connectedAt(UndeclaredServer server) {
    return row(server).flatMap(row -> row.backend().startedAt()).orElse(Instant.EPOCH);
  }

  private void addUpstreams(Cluster cluster) {
    for (var instance : cluster.instances()) {
      if (instance.upstream() instanceof DeclaredUpstream.Outside(var endpoint)) {
        upstreams.add(live.serverAt(endpoint));
      }
    }
  }

  private boolean isUndeclared(Peer peer) {
    return switch (peer) {
      case Peer.Known(var endpoint) -> !declared.containsKey(endpoint);
      case Peer.Unknown unknown -> true;
    };
  }

  private String clusterOf(Peer member) {
    return member instanceof Peer.Known(var endpoint) ? declared.getOrDefault(endpoint, "") : "";
  }

  private void spread(Collection<Peer> from, Direction direction) {
    var queue = new ArrayDeque<>(from.stream().sorted().toList());
    while (!queue.isEmpty()) {
      var at = queue.removeFirst();
      var cluster = attributed.getOrDefault(at, "");
      for (var link : links.getOrDefault(at, List.of())) {
        var isDown = link.upstream().equals(at);
        var other = isDown ? link.downstream() : link.upstream();
        if (!mayAttribute(other, link) || (!isDown && direction == Direction.DOWN)) {
          continue;
        }
        switch (other) {
          // The unidentified upstream of a replica is evaluated with the replica.
          case Peer.Unknown unknown -> {
            if (isDown && reported.add(link)) {
              add(cluster, other, link);
            }
          }
          case Peer.Known known -> {
            if (attributed.putIfAbsent(other, cluster) == null) {
              add(cluster, other, link);
              queue.addLast(other);
            }
          }
        }
      }
    }
  }

  private void add(String cluster, Peer peer, ReplicationLink link) {
    var itself = peer.ifKnown();
    found.add(
        new UndeclaredServer(
            cluster,
            peer,
            itself.flatMap(live::at),
            itself.flatMap(at -> Optional.ofNullable(live.unreachable().get(at))),
            Optional.of(link),
            1));
  }

  private boolean mayAttribute(Peer other, ReplicationLink link) {
    if (!isUndeclared(other)) {
      return false;
    }
    var isUpstream = link.upstream().equals(other);
    var receivesFrom =
        link.receiver()
            .flatMap(row -> row.upstream())
            .filter(address -> address.port() > 0)
            .map(address -> new Endpoint(address.host(), address.port()));
    return !(other instanceof Peer.Known(var endpoint) && upstreams.contains(endpoint))
        && !(isUpstream && receivesFrom.filter(upstreams::contains).isPresent());
  }

  /**
   * A copy that was let go keeps the name of its cluster, unlike one that was made for another
   * purpose.
   */
  private void attributeByName() {
    for (var system : live.clusters().values()) {
      var candidates =
          system.members().stream()
              .filter(endpoint -> isUndeclared(new Peer.Known(endpoint)))
              .filter(endpoint -> !attributed.containsKey(new Peer.Known(endpoint)))
              .toList();
      if (!candidates.isEmpty()) {
        var elsewhere = elsewhere();
        var names = clusterNames(system);
        candidates.stream()
            .filter(endpoint -> !elsewhere.contains(new Peer.Known(endpoint)))
            .flatMap(endpoint -> live.at(endpoint).stream())
            .forEach(
                undeclared ->
                    Optional.ofNullable(names.get(undeclared.facts().identity().clusterName()))
                        .ifPresent(cluster -> attribute(cluster, undeclared)));
      }
    }
  }

  private void attribute(String cluster, LiveInstance undeclared) {
    var peer = new Peer.Known(undeclared.endpoint());
    found.add(
        new UndeclaredServer(
            cluster, peer, Optional.of(undeclared), Optional.empty(), Optional.empty(), 1));
  }

  /**
   * The declared cluster of each cluster_name that members of a system have, unless it is empty.
   */
  private Map<String, String> clusterNames(LiveCluster system) {
    var names = new TreeMap<String, String>();
    for (var endpoint : system.members()) {
      var cluster = declared.get(endpoint);
      if (cluster != null) {
        names.putIfAbsent(cluster, cluster);
        live.at(endpoint)
            .map(member -> member.facts().identity().clusterName())
            .ifPresent(name -> names.putIfAbsent(name, cluster));
      }
    }
    names.remove("");
    return names;
  }

  /** The servers that are linked to the declared upstream of a standby cluster. */
  private Set<Peer> elsewhere() {
    var elsewhere = new HashSet<Peer>();
    var queue = new ArrayDeque<Peer>();
    upstreams.forEach(endpoint -> queue.add(new Peer.Known(endpoint)));
    while (!queue.isEmpty()) {
      var at = queue.removeFirst();
      if (at instanceof Peer.Known && isUndeclared(at) && elsewhere.add(at)) {
        for (var link : links.getOrDefault(at, List.of())) {
          queue.add(link.upstream());
          queue.add(link.downstream());
        }
      }
    }
    return elsewhere;
  }
}
