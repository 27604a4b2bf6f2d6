package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;

/** The outcome of one look at one endpoint. */
public sealed interface Observation {

  /** Where the agent looked. */
  Endpoint endpoint();

  /** When, by the agent's clock. */
  Window window();

  /** The server answered. */
  record Reachable(Endpoint endpoint, Window window, InstanceFacts facts) implements Observation {}

  /** It did not, or not in time. What was known before says nothing of it any more. */
  record Unreachable(Endpoint endpoint, Window window, Failure failure) implements Observation {}
}
