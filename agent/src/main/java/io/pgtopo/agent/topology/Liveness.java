package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Labelled;

/** Whether a server that did not answer the agent is running. Its label is an API value. */
public enum Liveness implements Labelled {
  /**
   * It answered, if only to refuse; or a replica received from it after the agent's attempt began.
   */
  ALIVE,
  /** Every replica that is configured to follow it has lost it, and none has a link to it. */
  LOST,
  /** Could not be verified. */
  UNKNOWN;
}
