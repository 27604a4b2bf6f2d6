package io.pgtopo.config;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One declared cluster: a primary and the standbys that follow it.
 *
 * @param name matches {@code [a-zA-Z0-9-]+}; the label {@code cls}
 * @param instances in order of their number
 */
public record Cluster(String name, List<Instance> instances) {

  public Cluster {
    instances = instances.stream().sorted(Comparator.comparingInt(Instance::seq)).toList();
  }

  /** The one instance declared primary; empty if none or several are. */
  public Optional<Instance> primary() {
    var primaries =
        instances.stream()
            .filter(instance -> instance.role().equals(Optional.of(InstanceRole.PRIMARY)))
            .toList();
    return primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }
}
