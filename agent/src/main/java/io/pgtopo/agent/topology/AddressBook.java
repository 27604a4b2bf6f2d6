package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which addresses and names mean which endpoint.
 *
 * @param names of instances, at their endpoints
 * @param aliases other addresses that mean an endpoint: those that its server answered from, and
 *     declared ones that lead to the same server. Each means one endpoint only
 * @param shared addresses that led to different servers in different looks: a load balancer or a
 *     virtual address. They mean nothing, declared or not
 * @param virtual declared VIPs: who answers there is told by nothing but its own word
 */
public record AddressBook(
    SortedMap<Endpoint, String> names,
    SortedMap<Endpoint, Endpoint> aliases,
    NavigableSet<Endpoint> shared,
    NavigableSet<Endpoint> virtual) {

  public AddressBook {
    virtual = Collections.unmodifiableNavigableSet(new TreeSet<>(virtual));
    shared = Collections.unmodifiableNavigableSet(new TreeSet<>(shared));
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
  }

  /** The book of what is declared, before anything was seen. */
  public static AddressBook of(Inventory inventory) {
    var names =
        Stream.concat(inventory.instances(), inventory.elsewhere().stream())
            .collect(
                Collectors.toMap(
                    Instance::endpoint, Instance::name, (first, second) -> first, TreeMap::new));
    var virtual =
        inventory
            .virtualEndpoints()
            .filter(address -> !names.containsKey(address))
            .collect(Collectors.toCollection(TreeSet::new));
    return new AddressBook(names, new TreeMap<>(), new TreeSet<>(), virtual);
  }

  /** This book, of which some addresses mean nothing. */
  public AddressBook without(Set<Endpoint> sharedAddresses) {
    return new AddressBook(names, aliases, new TreeSet<>(sharedAddresses), virtual);
  }

  /** Whether an instance is declared at an endpoint. */
  public boolean isDeclared(Endpoint endpoint) {
    return names.containsKey(endpoint);
  }

  /**
   * This book with the endpoints that are looked at without being declared, and the addresses that
   * servers answered from. One that two servers answered from is a balancer or a virtual address,
   * and means neither.
   *
   * @param undeclared that are looked at
   * @param duplicates endpoints that lead to the server of another endpoint, and that one
   */
  AddressBook learn(
      Map<Endpoint, InstanceFacts> reachable,
      Collection<Endpoint> undeclared,
      Map<Endpoint, Endpoint> duplicates) {
    var serversBehind = new TreeMap<Endpoint, TreeSet<Endpoint>>();
    reachable.forEach(
        (dialled, facts) ->
            facts
                .identity()
                .serverAddress()
                .filter(address -> !names.containsKey(address) && !shared.contains(address))
                .ifPresent(
                    address ->
                        serversBehind
                            .computeIfAbsent(address, unused -> new TreeSet<>())
                            .add(duplicates.getOrDefault(dialled, dialled))));
    var learned = new TreeMap<Endpoint, Endpoint>(aliases);
    serversBehind.forEach(
        (address, servers) -> {
          if (servers.size() == 1) {
            learned.put(address, servers.getFirst());
          }
        });
    undeclared.forEach(endpoint -> learned.putIfAbsent(endpoint, endpoint));
    learned.putAll(duplicates);
    return new AddressBook(names, learned, shared, virtual);
  }

  /** This book with more addresses that mean an endpoint, where they mean nothing yet. */
  AddressBook alias(Map<Endpoint, Endpoint> more) {
    var learned = new TreeMap<Endpoint, Endpoint>(aliases);
    more.forEach(learned::putIfAbsent);
    return new AddressBook(names, learned, shared, virtual);
  }

  /** The endpoint at an address. */
  public Optional<Endpoint> at(HostPort address) {
    if (address.port() == 0) {
      return Optional.empty();
    }
    var endpoint = new Endpoint(address.host(), address.port());
    if (shared.contains(endpoint)) {
      return Optional.empty();
    }
    return names.containsKey(endpoint)
        ? Optional.of(serverAt(endpoint))
        : Optional.ofNullable(aliases.get(endpoint));
  }

  /** The name of the instance at an endpoint, or its address if it is not declared. */
  public String nameOf(Endpoint endpoint) {
    return names.getOrDefault(endpoint, endpoint.toString());
  }

  /** The cluster of a declared instance, which is its name without its number. */
  public Optional<String> clusterOf(Endpoint endpoint) {
    return Optional.ofNullable(names.get(endpoint))
        .filter(name -> name.lastIndexOf('-') > 0)
        .map(name -> name.substring(0, name.lastIndexOf('-')));
  }

  /** How to call a peer: by its name if it is declared. */
  public String nameOf(Peer peer) {
    return switch (peer) {
      case Peer.Known(var endpoint) -> nameOf(endpoint);
      case Peer.Unknown stranger -> stranger.toString();
    };
  }

  /** Endpoints by the name of their instance. A name that two carry is left out. */
  Map<String, Endpoint> endpointsByName() {
    var byName =
        names.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getValue,
                    TreeMap::new,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    return byName.entrySet().stream()
        .filter(entry -> entry.getValue().size() == 1)
        .collect(
            Collectors.toMap(Map.Entry::getKey, entry -> serverAt(entry.getValue().getFirst())));
  }

  /** Endpoints by the host that they are declared on or were seen to answer from. */
  Map<String, List<Endpoint>> endpointsByHost() {
    var byHost = new TreeMap<String, List<Endpoint>>();
    names.keySet().stream()
        .filter(at -> !shared.contains(at))
        .forEach(at -> byHost.merge(at.host(), List.of(serverAt(at)), AddressBook::join));
    aliases.forEach(
        (alias, at) -> {
          if (!shared.contains(alias)
              && !byHost.getOrDefault(alias.host(), List.of()).contains(at)) {
            byHost.merge(alias.host(), List.of(at), AddressBook::join);
          }
        });
    return byHost;
  }

  private Endpoint serverAt(Endpoint declared) {
    return aliases.getOrDefault(declared, declared);
  }

  private static List<Endpoint> join(List<Endpoint> some, List<Endpoint> more) {
    return Stream.concat(some.stream(), more.stream()).distinct().sorted().toList();
  }
}
