package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;

/** Where a declared VIP led to. Whoever answers there is no instance of that address. */
public sealed interface VirtualAddress {

  /**
   * An instance that was looked at by its own address too.
   *
   * @param server the endpoint that stands for it
   */
  record LeadsTo(Endpoint server) implements VirtualAddress {}

  /** A server that answers at no address of an instance. */
  record LeadsElsewhere(InstanceFacts facts) implements VirtualAddress {}

  /** Nobody answered. */
  record Silent(Failure failure) implements VirtualAddress {}
}
