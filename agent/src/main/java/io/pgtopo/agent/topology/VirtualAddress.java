package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;

/** The server that answered at a declared VIP. The VIP itself is not an instance. */
public sealed interface VirtualAddress {

  /**
   * An instance that answered at its own address too.
   *
   * @param server the endpoint that represents it
   */
  record LeadsTo(Endpoint server) implements VirtualAddress {}

  /** A server that is none of the polled instances. */
  record LeadsElsewhere(InstanceFacts facts) implements VirtualAddress {}

  /** No server answered. */
  record Silent(Failure failure) implements VirtualAddress {}
}
