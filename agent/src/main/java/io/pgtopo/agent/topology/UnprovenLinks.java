package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the unproven links of instances without a proved link. */
final class UnprovenLinks {
  private final AddressBook addresses;
  private final SortedMap<Endpoint, InstanceFacts> servers;
  private final Collection<Endpoint> silent;

  /** Endpoints that a proved link leads to. */
  private final Set<Endpoint> linked;

  UnprovenLinks(
      AddressBook addresses,
      SortedMap<Endpoint, InstanceFacts> servers,
      Collection<Endpoint> silent,
      Collection<LiveCluster> clusters) {
    this.addresses = addresses;
    this.servers = servers;
    this.silent = silent;
    this.linked = linked(clusters.stream().flatMap(cluster -> cluster.links().stream()));
  }

  private static Set<Endpoint> linked(Stream<ReplicationLink> links) {
    return links.flatMap(link -> link.downstream().ifKnown().stream()).collect(Collectors.toSet());
  }

  /** A topology with the links that were proved before, of instances that do not report theirs. */
  static Topology remembered(Topology topology, LastKnown memory) {
    if (memory.upstreams().isEmpty()) {
      return topology;
    }
    var linked = linked(topology.links().stream());
    var links = new ArrayList<>(topology.unprovenLinks());
    memory
        .upstreams()
        .forEach(
            (downstream, upstream) -> {
              if (!linked.contains(downstream) && LastKnown.isSilent(downstream, topology)) {
                links.add(new UnprovenLink(upstream, downstream, UnprovenLink.Source.SEEN_BEFORE));
              }
            });
    return topology.withUnprovenLinks(links.stream().sorted().toList());
  }

  /**
   * In order; at most one of each source for an instance, except for slots of several upstreams.
   */
  List<UnprovenLink> all() {
    var links = new ArrayList<UnprovenLink>();
    servers.forEach((endpoint, facts) -> configured(endpoint, facts).ifPresent(links::add));
    links.addAll(bySlots());
    return links.stream().sorted().toList();
  }

  /** A server in production keeps a stale {@code primary_conninfo}, which means nothing. */
  private Optional<UnprovenLink> configured(Endpoint endpoint, InstanceFacts facts) {
    if (linked.contains(endpoint) || !(facts.state() instanceof ServerState.InRecovery)) {
      return Optional.empty();
    }
    return facts
        .configuredUpstream()
        .map(
            upstream ->
                new UnprovenLink(
                    addresses.peerAt(upstream), endpoint, UnprovenLink.Source.PRIMARY_CONNINFO));
  }

  /** Inactive slots with the name that Patroni or Pigsty gives that of a silent instance. */
  private List<UnprovenLink> bySlots() {
    var silentBySlot = new HashMap<String, Endpoint>();
    for (var endpoint : silent) {
      if (!linked.contains(endpoint)) {
        silentBySlot.put(UnprovenLink.slotNameOf(addresses.nameOf(endpoint)), endpoint);
      }
    }
    return silentBySlot.isEmpty() ? List.of() : bySlots(silentBySlot);
  }

  private List<UnprovenLink> bySlots(Map<String, Endpoint> silentBySlot) {
    var links = new ArrayList<UnprovenLink>();
    servers.forEach(
        (upstream, facts) -> {
          // On a standby Patroni keeps inactive slots for all members on purpose.
          if (facts.state() instanceof ServerState.InProduction) {
            for (var slot : facts.replication().slots()) {
              if (isIdle(slot) && silentBySlot.containsKey(slot.name())) {
                links.add(
                    new UnprovenLink(
                        new Peer.Known(upstream),
                        silentBySlot.get(slot.name()),
                        UnprovenLink.Source.SLOT));
              }
            }
          }
        });
    return links;
  }

  private static boolean isIdle(ReplicationSlot slot) {
    return slot.type() == ReplicationSlot.Type.PHYSICAL && slot.activePid().isEmpty();
  }
}
