package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import java.util.Optional;

/** The result of one poll of one endpoint. */
public sealed interface Observation {

  /** The endpoint that was polled. */
  Endpoint endpoint();

  /** When, by the agent's clock. */
  Window window();

  /**
   * The server answered.
   *
   * @param refusal why it accepts no new connection, though the kept one answered; empty if it
   *     does, as far as known
   */
  record Reachable(Endpoint endpoint, Window window, InstanceFacts facts, Optional<Failure> refusal)
      implements Observation {

    /** It accepts connections, as far as known. */
    public Reachable(Endpoint endpoint, Window window, InstanceFacts facts) {
      this(endpoint, window, facts, Optional.empty());
    }
  }

  /** It did not, or not in time. Facts of earlier polls are not carried over. */
  record Unreachable(Endpoint endpoint, Window window, Failure failure) implements Observation {}
}
