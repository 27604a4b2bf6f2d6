package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;

/** The result of one poll of one endpoint. */
public sealed interface Observation {

  /** The endpoint that was polled. */
  Endpoint endpoint();

  /** When, by the agent's clock. */
  Window window();

  /** The server answered. */
  record Reachable(Endpoint endpoint, Window window, InstanceFacts facts) implements Observation {}

  /** It did not, or not in time. Facts of earlier polls are not carried over. */
  record Unreachable(Endpoint endpoint, Window window, Failure failure) implements Observation {}
}
