package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.Endpoint;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that is really there, as far as the agent can tell. No time is in it: equal facts make
 * equal topologies, whatever their order.
 *
 * @param instances that answered
 * @param clusters the families
 * @param unreachable endpoints that did not answer, and why
 */
public record Topology(
    SortedMap<Endpoint, LiveInstance> instances,
    SortedMap<SystemId, LiveCluster> clusters,
    SortedMap<Endpoint, Failure> unreachable) {

  public Topology {
    instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    unreachable = Collections.unmodifiableSortedMap(new TreeMap<>(unreachable));
  }

  /** The instance at an endpoint, if it answered. */
  public Optional<LiveInstance> at(Endpoint endpoint) {
    return Optional.ofNullable(instances.get(endpoint));
  }

  /** The family of an instance of this topology. */
  public LiveCluster familyOf(LiveInstance instance) {
    var family = clusters.get(instance.systemId());
    if (family == null) {
      throw new IllegalStateException(instance.endpoint() + " belongs to no family");
    }
    return family;
  }

  /** The link that an instance receives WAL through; empty if none is proved. */
  public Optional<ReplicationLink> linkTo(LiveInstance downstream) {
    return familyOf(downstream).linkTo(downstream.endpoint());
  }
}
