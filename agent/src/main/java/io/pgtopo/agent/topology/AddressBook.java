package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Collection;
import java.util.Collections;
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
 * Maps addresses and names to endpoints.
 *
 * @param names of instances, by their endpoints
 * @param ownNames other names of instances, as PostgreSQL knows them, by their endpoints
 * @param aliases other addresses of an endpoint: those that its server answered from, and declared
 *     ones that reach the same server
 * @param shared addresses that reached different servers in different polls: a load balancer or a
 *     virtual address. They map to no endpoint, declared or not
 * @param virtual declared VIPs, which map to no endpoint either
 */
public record AddressBook(
    SortedMap<Endpoint, String> names,
    SortedMap<Endpoint, String> ownNames,
    SortedMap<Endpoint, Endpoint> aliases,
    NavigableSet<Endpoint> shared,
    NavigableSet<Endpoint> virtual) {

  public AddressBook {
    virtual = Collections.unmodifiableNavigableSet(new TreeSet<>(virtual));
    shared = Collections.unmodifiableNavigableSet(new TreeSet<>(shared));
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    ownNames = Collections.unmodifiableSortedMap(new TreeMap<>(ownNames));
    aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
  }

  /** The book of the declared instances and VIPs. */
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
    var ownNames = new TreeMap<Endpoint, String>();
    Stream.concat(inventory.instances(), inventory.elsewhere().stream())
        .forEach(it -> it.alias().ifPresent(alias -> ownNames.putIfAbsent(it.endpoint(), alias)));
    return new AddressBook(names, ownNames, new TreeMap<>(), new TreeSet<>(), virtual);
  }

  /** This book with other shared addresses. */
  public AddressBook without(Set<Endpoint> sharedAddresses) {
    return new AddressBook(names, ownNames, aliases, new TreeSet<>(sharedAddresses), virtual);
  }

  /** Whether an instance is declared at an endpoint. */
  public boolean isDeclared(Endpoint endpoint) {
    return names.containsKey(endpoint);
  }

  /**
   * This book with the undeclared endpoints, and the addresses from which servers answered, except
   * those from which two did: a load balancer or a virtual address.
   *
   * @param undeclared endpoints that are polled
   * @param duplicates endpoints that reach the server of another endpoint, and that one
   */
  AddressBook learn(
      Map<Endpoint, InstanceFacts> reachable,
      Collection<Endpoint> undeclared,
      Map<Endpoint, Endpoint> duplicates) {
    var servers = new TreeMap<Endpoint, NavigableSet<Endpoint>>();
    reachable.forEach(
        (polled, facts) ->
            facts
                .identity()
                .serverAddress()
                .filter(address -> !names.containsKey(address) && !shared.contains(address))
                .map(address -> servers.computeIfAbsent(address, it -> new TreeSet<>()))
                .ifPresent(found -> found.add(duplicates.getOrDefault(polled, polled))));
    var learned = new TreeMap<Endpoint, Endpoint>(aliases);
    learned.putAll(unambiguous(servers));
    undeclared.forEach(endpoint -> learned.putIfAbsent(endpoint, endpoint));
    learned.putAll(duplicates);
    return new AddressBook(names, ownNames, learned, shared, virtual);
  }

  /** This book with more aliases; known ones stay. */
  AddressBook alias(Map<Endpoint, Endpoint> more) {
    var learned = new TreeMap<Endpoint, Endpoint>(aliases);
    more.forEach(learned::putIfAbsent);
    return new AddressBook(names, ownNames, learned, shared, virtual);
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

  /** The peer at an address. */
  Peer peerAt(HostPort address) {
    return at(address)
        .<Peer>map(Peer.Known::new)
        .orElseGet(() -> new Peer.Unknown(address.toString(), ""));
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

  /** The name of a peer, or its address if it is not declared. */
  public String nameOf(Peer peer) {
    return peer.ifKnown().map(this::nameOf).orElseGet(peer::toString);
  }

  /** Endpoints by the names of their instance. A name that two instances have is left out. */
  Map<String, Endpoint> endpointsByName() {
    var byName = new TreeMap<String, NavigableSet<Endpoint>>();
    Stream.of(names, ownNames)
        .flatMap(map -> map.entrySet().stream())
        .forEach(
            entry ->
                byName
                    .computeIfAbsent(entry.getValue(), it -> new TreeSet<>())
                    .add(entry.getKey()));
    var endpoints = unambiguous(byName);
    endpoints.replaceAll((name, endpoint) -> serverAt(endpoint));
    return endpoints;
  }

  /** The keys that lead to one endpoint only. */
  static <K> SortedMap<K, Endpoint> unambiguous(SortedMap<K, NavigableSet<Endpoint>> endpoints) {
    var single = new TreeMap<K, Endpoint>();
    endpoints.forEach(
        (key, found) -> {
          if (found.size() == 1) {
            single.put(key, found.getFirst());
          }
        });
    return single;
  }

  /** Endpoints by the host that they are declared on, or that their servers answered from. */
  Map<String, NavigableSet<Endpoint>> endpointsByHost() {
    var byHost = new TreeMap<String, NavigableSet<Endpoint>>();
    Stream.concat(names.keySet().stream(), aliases.keySet().stream())
        .filter(address -> !shared.contains(address))
        .forEach(
            address ->
                byHost
                    .computeIfAbsent(address.host(), it -> new TreeSet<>())
                    .add(serverAt(address)));
    return byHost;
  }

  private Endpoint serverAt(Endpoint declared) {
    return aliases.getOrDefault(declared, declared);
  }
}
