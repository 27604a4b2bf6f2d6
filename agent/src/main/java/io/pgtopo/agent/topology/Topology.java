package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The live topology, as the agent observed it. It holds no time: equal facts make equal topologies,
 * whatever their order.
 *
 * @param instances that answered
 * @param clusters by the system identifier, or what is presumed of it
 * @param unreachable endpoints that did not answer, and why
 * @param duplicates endpoints that reach the server of another endpoint, and that one. Such an
 *     endpoint is an instance, but no member of a cluster, and no end of a link
 * @param standIns endpoints that reach the server of another endpoint which did not answer itself,
 *     and that one, or itself if that is unknown. Such an endpoint represents the server
 * @param unprovenLinks from where instances without a link would receive WAL, in order
 * @param shared addresses that reached different servers in different polls; the server that
 *     answers there is no instance
 * @param virtual the server that each declared VIP led to
 * @param liveness of each endpoint that did not answer
 * @param logicalLinks in order; one end may be missing
 */
public record Topology(
    SortedMap<Endpoint, LiveInstance> instances,
    SortedMap<Origin, LiveCluster> clusters,
    SortedMap<Endpoint, Failure> unreachable,
    SortedMap<Endpoint, Endpoint> duplicates,
    SortedMap<Endpoint, Endpoint> standIns,
    List<UnprovenLink> unprovenLinks,
    NavigableSet<Endpoint> shared,
    SortedMap<Endpoint, VirtualAddress> virtual,
    SortedMap<Endpoint, ReportedLiveness> liveness,
    List<LogicalLink> logicalLinks) {

  public Topology {
    instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    unreachable = Collections.unmodifiableSortedMap(new TreeMap<>(unreachable));
    duplicates = Collections.unmodifiableSortedMap(new TreeMap<>(duplicates));
    standIns = Collections.unmodifiableSortedMap(new TreeMap<>(standIns));
    unprovenLinks = List.copyOf(unprovenLinks);
    shared = Collections.unmodifiableNavigableSet(new TreeSet<>(shared));
    virtual = Collections.unmodifiableSortedMap(new TreeMap<>(virtual));
    liveness = Collections.unmodifiableSortedMap(new TreeMap<>(liveness));
    logicalLinks = List.copyOf(logicalLinks);
  }

  /** This topology with other unproven links. */
  Topology withUnprovenLinks(List<UnprovenLink> others) {
    return new Topology(
        instances,
        clusters,
        unreachable,
        duplicates,
        standIns,
        others,
        shared,
        virtual,
        liveness,
        logicalLinks);
  }

  /** The instance at an endpoint, if it answered. */
  public Optional<LiveInstance> at(Endpoint endpoint) {
    return Optional.ofNullable(instances.get(endpoint));
  }

  /** Whether the agent itself is why an endpoint has no facts: then nothing is known of it. */
  public boolean isMissed(Endpoint endpoint) {
    var failure = unreachable.get(endpoint);
    return failure != null && failure.kind().isOwn();
  }

  /** Whether an endpoint that did not answer is running. */
  public ReportedLiveness livenessOf(Endpoint silent) {
    return liveness.getOrDefault(silent, new ReportedLiveness(Liveness.UNKNOWN, List.of()));
  }

  /** The endpoint that represents the server at an endpoint: itself unless it is a duplicate. */
  public Endpoint serverAt(Endpoint endpoint) {
    return duplicates.getOrDefault(endpoint, endpoint);
  }

  /** Whether an endpoint represents the server that it reaches. */
  public boolean isServer(Endpoint endpoint) {
    return !duplicates.containsKey(endpoint);
  }

  /** Whether an endpoint leads to the server of another one, be that silent. */
  boolean isAstray(Endpoint endpoint) {
    return duplicates.containsKey(endpoint) || standIns.containsKey(endpoint);
  }

  /** All servers with the origin of an instance of this topology. */
  public LiveCluster clusterOf(LiveInstance instance) {
    return Objects.requireNonNull(
        clusters.get(instance.origin()), () -> instance.endpoint() + " belongs to no cluster");
  }

  /** All links, in order of their clusters. */
  public List<ReplicationLink> links() {
    return clusters.values().stream().flatMap(cluster -> cluster.links().stream()).toList();
  }

  /** The link that an instance receives WAL through; empty if none is proved. */
  public Optional<ReplicationLink> linkTo(LiveInstance downstream) {
    return clusterOf(downstream).linkTo(serverAt(downstream.endpoint()));
  }
}
