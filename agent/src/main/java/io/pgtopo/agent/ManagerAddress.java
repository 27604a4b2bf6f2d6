package io.pgtopo.agent;

import io.pgtopo.config.model.Cluster.ManagerApi;
import io.pgtopo.config.model.Endpoint;
import java.util.List;

/**
 * Where the HA manager of an instance answers, and how.
 *
 * @param checks the health checks that load balancers ask it for, in order
 */
public record ManagerAddress(Endpoint endpoint, ManagerApi.Scheme scheme, List<String> checks)
    implements Comparable<ManagerAddress> {
  public ManagerAddress {
    checks = List.copyOf(checks);
  }

  @Override
  public int compareTo(ManagerAddress other) {
    var byEndpoint = endpoint.compareTo(other.endpoint);
    var byScheme = byEndpoint != 0 ? byEndpoint : scheme.compareTo(other.scheme);
    return byScheme != 0 ? byScheme : checks.toString().compareTo(other.checks.toString());
  }
}
