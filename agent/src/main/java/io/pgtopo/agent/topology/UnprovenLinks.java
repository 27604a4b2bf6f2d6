package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Finds the faint links of instances that no proved link leads to. */
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
      Collection<LiveCluster> families) {
    this.addresses = addresses;
    this.servers = servers;
    this.silent = silent;
    this.linked = linked(families);
  }

  private static Set<Endpoint> linked(Collection<LiveCluster> families) {
    var linked = new HashSet<Endpoint>();
    for (var family : families) {
      family.links().stream()
          .map(ReplicationLink::downstream)
          .filter(Peer.Known.class::isInstance)
          .forEach(peer -> linked.add(((Peer.Known) peer).endpoint()));
    }
    return linked;
  }

  /** A topology with the faint links of what was proved before, for those who cannot tell it. */
  static Topology remembered(Topology topology, LastKnownUpstreams memory) {
    if (memory.upstreams().isEmpty()) {
      return topology;
    }
    var linked = linked(topology.clusters().values());
    var links = new ArrayList<>(topology.unprovenLinks());
    memory
        .upstreams()
        .forEach(
            (downstream, upstream) -> {
              if (!linked.contains(downstream)
                  && LastKnownUpstreams.isSilent(downstream, topology)) {
                links.add(new UnprovenLink(upstream, downstream, UnprovenLink.Source.SEEN_BEFORE));
              }
            });
    return topology.withUnprovenLinks(links.stream().sorted().toList());
  }

  /** In order; one of a source an instance at most, but for the slots of several upstreams. */
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
        .recovery()
        .ifSeen()
        .flatMap(settings -> settings.configuredUpstream().ifSeen())
        .flatMap(wanted -> wanted)
        .map(
            wanted ->
                new UnprovenLink(
                    addresses
                        .at(wanted)
                        .<Peer>map(Peer.Known::new)
                        .orElseGet(() -> new Peer.Unknown(wanted.toString(), "")),
                    endpoint,
                    UnprovenLink.Source.PRIMARY_CONNINFO));
  }

  /** Idle slots that Patroni or Pigsty would have named for an instance that is silent. */
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
          // On a standby Patroni keeps idle slots for all members on purpose.
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
