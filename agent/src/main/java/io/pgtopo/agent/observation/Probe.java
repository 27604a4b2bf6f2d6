package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;

/** Polls one server. A lambda in tests; {@code JdbcProbe} in production. */
@FunctionalInterface
public interface Probe {

  /**
   * Polls an endpoint once.
   *
   * <p>Never throws: a failure is an {@link Observation.Unreachable}. Called from many threads, but
   * for one endpoint from one at a time. An interrupt ends it early.
   */
  Observation observe(Endpoint endpoint);
}
