package io.pgtopo.config.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A time in which somebody works on a cluster or on one instance of it.
 *
 * @param instance its name; empty for all of the cluster
 * @param until when it ends
 */
public record Maintenance(
    String cluster, Optional<String> instance, Instant until, String owner, String reason) {

  /** That of the declared cluster, or else the declared instance, of a name; empty for neither. */
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

  /** Whether it has not ended. */
  public boolean isInForce(Instant now) {
    return now.isBefore(until);
  }

  /** What is worked on: the instance, or the cluster. */
  public String subject() {
    return instance.orElse(cluster);
  }
}
