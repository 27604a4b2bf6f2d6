package io.pgtopo.config.model;

import java.time.Instant;
import java.util.Optional;

/**
 * Maintenance of a cluster or of one instance.
 *
 * @param instance its name; empty for the whole cluster
 */
public record Maintenance(
    String cluster, Optional<String> instance, Instant until, String owner, String reason) {

  /** Of the declared cluster, otherwise the declared instance, of a name. */
  public static Optional<Maintenance> of(
      Inventory declared, String name, Instant until, String owner, String reason) {
    if (declared.clusters().stream().map(Cluster::name).anyMatch(name::equals)) {
      return Optional.of(new Maintenance(name, Optional.empty(), until, owner, reason));
    }
    return declared
        .instances()
        .filter(instance -> instance.name().equals(name))
        .map(Instance::cluster)
        .findFirst()
        .map(cluster -> new Maintenance(cluster, Optional.of(name), until, owner, reason));
  }

  public boolean isInForce(Instant now) {
    return now.isBefore(until);
  }

  /** The name of the instance, otherwise of the cluster. */
  public String subject() {
    return instance.orElse(cluster);
  }
}
