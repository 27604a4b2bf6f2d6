package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that is really there, as far as the agent can tell. No time is in it: equal facts make
 * equal topologies, whatever their order.
 *
 * @param instances that answered
 * @param clusters the families
 * @param unreachable endpoints that did not answer, and why
 * @param duplicates endpoints that lead to a server that another endpoint stands for, and that one.
 *     Such an endpoint is an instance, but no member of a family, and no end of a link
 * @param unprovenLinks where instances that no link leads to would receive WAL from, in order
 * @param shared addresses that were looked at, and led to different servers in different looks.
 *     What answers there is no instance
 * @param virtual where each declared VIP led to
 * @param liveness what replicas tell of each endpoint that did not answer
 */
public record Topology(
    SortedMap<Endpoint, LiveInstance> instances,
    SortedMap<SystemId, LiveCluster> clusters,
    SortedMap<Endpoint, Failure> unreachable,
    SortedMap<Endpoint, Endpoint> duplicates,
    List<UnprovenLink> unprovenLinks,
    NavigableSet<Endpoint> shared,
    SortedMap<Endpoint, VirtualAddress> virtual,
    SortedMap<Endpoint, ReportedLiveness> liveness) {

  public Topology {
    instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    unreachable = Collections.unmodifiableSortedMap(new TreeMap<>(unreachable));
    duplicates = Collections.unmodifiableSortedMap(new TreeMap<>(duplicates));
    unprovenLinks = List.copyOf(unprovenLinks);
    shared = Collections.unmodifiableNavigableSet(new TreeSet<>(shared));
    virtual = Collections.unmodifiableSortedMap(new TreeMap<>(virtual));
    liveness = Collections.unmodifiableSortedMap(new TreeMap<>(liveness));
  }

  /** This topology with other faint links. */
  Topology withUnprovenLinks(List<UnprovenLink> others) {
    return new Topology(
        instances, clusters, unreachable, duplicates, others, shared, virtual, liveness);
  }

  /** The instance at an endpoint, if it answered. */
  public Optional<LiveInstance> at(Endpoint endpoint) {
    return Optional.ofNullable(instances.get(endpoint));
  }

  /** What replicas tell of an endpoint that did not answer. */
  public ReportedLiveness livenessOf(Endpoint silent) {
    return liveness.getOrDefault(silent, new ReportedLiveness(Liveness.UNKNOWN, List.of()));
  }

  /** The endpoint that stands for the server at an endpoint: itself unless it is a duplicate. */
  public Endpoint serverAt(Endpoint endpoint) {
    return duplicates.getOrDefault(endpoint, endpoint);
  }

  /** Whether an endpoint stands for the server that it leads to. */
  public boolean isServer(Endpoint endpoint) {
    return !duplicates.containsKey(endpoint);
  }

  /** The family of an instance of this topology. */
  public LiveCluster clusterOf(LiveInstance instance) {
    var family = clusters.get(instance.systemId());
    if (family == null) {
      throw new IllegalStateException(instance.endpoint() + " belongs to no family");
    }
    return family;
  }

  /** The link that an instance receives WAL through; empty if none is proved. */
  public Optional<ReplicationLink> linkTo(LiveInstance downstream) {
    return clusterOf(downstream).linkTo(serverAt(downstream.endpoint()));
  }
}
