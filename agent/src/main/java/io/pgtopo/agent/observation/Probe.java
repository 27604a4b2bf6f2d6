package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;

/** Looks at one server. A lambda in tests; {@code JdbcProbe} in production. */
@FunctionalInterface
public interface Probe {

  /**
   * What is seen at an endpoint just now.
   *
   * <p>Never throws: a failure is an {@link Observation.Unreachable}. Called from many threads, but
   * for one endpoint from one at a time. An interrupt ends it soon.
   */
  Observation observe(Endpoint endpoint);
}
