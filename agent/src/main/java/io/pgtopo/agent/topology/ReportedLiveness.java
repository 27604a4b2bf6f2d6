package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.List;

/**
 * Whether a server that did not answer the agent is running, as it and its replicas report.
 *
 * @param replicas that show it, in order; for {@link Liveness#UNKNOWN} those that still have a
 *     walreceiver for it; none where the server itself refused
 */
public record ReportedLiveness(Liveness liveness, List<Endpoint> replicas) {
  public ReportedLiveness {
    replicas = List.copyOf(replicas);
  }
}
