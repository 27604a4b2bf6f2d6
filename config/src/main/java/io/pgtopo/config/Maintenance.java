package io.pgtopo.config;

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

  /** Whether it has not ended. */
  public boolean isInForce(Instant now) {
    return now.isBefore(until);
  }

  /** What is worked on: the instance, or the cluster. */
  public String subject() {
    return instance.orElse(cluster);
  }
}
