package io.pgtopo.agent.failover;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is asked.
 *
 * @param promoted the only candidate; empty for all of them
 * @param lost servers that are gone for good with the primary, or without it
 */
public record Scenario(Optional<Instance> promoted, Set<Endpoint> lost) {
  /** The loss of the primary alone, with any candidate. */
  public static final Scenario PRIMARY_LOST = new Scenario(Optional.empty(), Set.of());

  public Scenario {
    lost = Collections.unmodifiableSet(new TreeSet<>(lost));
  }

  /** Whether an instance is gone. */
  boolean isLost(Instance instance) {
    return lost.contains(instance.endpoint());
  }
}
