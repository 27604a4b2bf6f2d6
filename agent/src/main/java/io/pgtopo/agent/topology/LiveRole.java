package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Labelled;

/** The role of a running instance. Its label is a metric label and an API value. */
public enum LiveRole implements Labelled {
  /** In production. */
  PRIMARY,
  /** In recovery. */
  REPLICA,
  /** It did not answer. */
  UNKNOWN
}
