package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The origin of each server: its system identifier. Where that is hidden, servers of which one
 * streams from the other have one origin, since a walreceiver accepts no other, and keep it until
 * they restart. What a walreceiver dialled, and what is declared as one cluster, is presumed to be
 * one: that lets links be matched, and proves nothing.
 */
final class Origins {
  private final AddressBook addresses;
  private final SortedMap<Endpoint, InstanceFacts> servers;

  /** Identifiers that are seen, or were seen or proven of the same server before. */
  private final SortedMap<Endpoint, Origin> known = new TreeMap<>();

  Origins(AddressBook addresses, SortedMap<Endpoint, InstanceFacts> servers, LastKnown memory) {
    this.addresses = addresses;
    this.servers = servers;
    servers.forEach(
        (endpoint, facts) ->
            facts
                .identity()
                .systemId()
                .ifSeen()
                .<Origin>map(Origin.Identified::new)
                .or(() -> memory.origin(endpoint, facts.identity()))
                .ifPresent(origin -> known.put(endpoint, origin)));
  }

  /** Servers that are joined, each with one that stands for all of them. */
  private static final class Joined {
    private final Map<Endpoint, Endpoint> towards = new TreeMap<>();

    Endpoint head(Endpoint server) {
      var next = towards.getOrDefault(server, server);
      return next.equals(server) ? server : head(next);
    }

    void join(Endpoint one, Endpoint other) {
      towards.put(head(one), head(other));
    }

    List<List<Endpoint>> groups(Collection<Endpoint> servers) {
      return servers.stream()
          .collect(Collectors.groupingBy(this::head, TreeMap::new, Collectors.toList()))
          .values()
          .stream()
          .toList();
    }
  }

  /** What lets the links of a server be matched with those of others. */
  SortedMap<Endpoint, Origin> presumed() {
    var joined = new Joined();
    servers.forEach(
        (endpoint, facts) ->
            facts
                .walReceiver()
                .flatMap(WalReceiver::upstream)
                .flatMap(addresses::at)
                .filter(upstream -> servers.containsKey(upstream))
                .filter(upstream -> isHidden(endpoint) || isHidden(upstream))
                .ifPresent(upstream -> joined.join(endpoint, upstream)));
    var origins = new TreeMap<Endpoint, Origin>();
    var alone = new TreeSet<Endpoint>();
    for (var group : joined.groups(servers.keySet())) {
      identified(group.stream())
          .ifPresentOrElse(
              origin -> group.forEach(it -> origins.put(it, itsOwn(it).orElse(origin))),
              () -> alone.addAll(group));
    }
    byDeclaration(joined, alone, origins);
    return origins;
  }

  private void byDeclaration(
      Joined joined, Set<Endpoint> alone, SortedMap<Endpoint, Origin> origins) {
    var firsts = new TreeMap<String, Endpoint>();
    for (var server : alone) {
      addresses
          .clusterOf(server)
          .map(cluster -> firsts.putIfAbsent(cluster, server))
          .ifPresent(first -> joined.join(server, first));
    }
    for (var group : joined.groups(alone)) {
      var clusters =
          group.stream()
              .flatMap(it -> addresses.clusterOf(it).stream())
              .collect(Collectors.toCollection(TreeSet::new));
      var origin =
          identified(
                  servers.keySet().stream()
                      .filter(it -> addresses.clusterOf(it).filter(clusters::contains).isPresent()))
              .orElseGet(
                  () ->
                      new Origin.Unidentified(
                          clusters.isEmpty() ? group.getFirst().toString() : clusters.getFirst()));
      group.forEach(it -> origins.put(it, itsOwn(it).orElse(origin)));
    }
  }

  /** The system identifier of servers, if it is known of some, and they have no other. */
  private Optional<Origin> identified(Stream<Endpoint> group) {
    var ids =
        group.flatMap(it -> itsOwn(it).stream()).collect(Collectors.toCollection(TreeSet::new));
    return ids.size() == 1 ? Optional.of(ids.getFirst()) : Optional.empty();
  }

  private Optional<Origin> itsOwn(Endpoint server) {
    return Optional.ofNullable(known.get(server)).filter(Origin.Identified.class::isInstance);
  }

  /** What is proven, by links of which both ends stream. */
  SortedMap<Endpoint, Origin> proven(Collection<LiveCluster> clusters) {
    var joined = new Joined();
    clusters.stream()
        .flatMap(cluster -> cluster.links().stream())
        .filter(ReplicationLink::isStreaming)
        .forEach(
            link ->
                link.upstream()
                    .ifKnown()
                    .ifPresent(
                        upstream ->
                            link.downstream()
                                .ifKnown()
                                .ifPresent(downstream -> joined.join(upstream, downstream))));
    var origins = new TreeMap<Endpoint, Origin>();
    for (var group : joined.groups(servers.keySet())) {
      var shared = identified(group.stream()).orElseGet(() -> unidentified(group));
      group.forEach(it -> origins.put(it, itsOwn(it).orElse(shared)));
    }
    return origins;
  }

  /** One that was known before goes on; otherwise a start of a server is a name like no other. */
  private Origin unidentified(List<Endpoint> group) {
    return group.stream()
        .flatMap(it -> Optional.ofNullable(known.get(it)).stream())
        .filter(Origin.Unidentified.class::isInstance)
        .min(Origin::compareTo)
        .orElseGet(
            () ->
                new Origin.Unidentified(
                    group.getFirst()
                        + " "
                        + Objects.requireNonNull(servers.get(group.getFirst()))
                            .identity()
                            .startedAt()));
  }

  private boolean isHidden(Endpoint server) {
    return Objects.requireNonNull(servers.get(server)).identity().systemId()
        instanceof Reading.Denied;
  }
}
