package io.pgtopo.agent;

import io.pgtopo.config.model.Cluster.ManagerApi;
import io.pgtopo.config.model.Endpoint;

/** Where the HA manager of an instance answers, and how. */
public record ManagerAddress(Endpoint endpoint, ManagerApi.Scheme scheme)
    implements Comparable<ManagerAddress> {
  @Override
  public int compareTo(ManagerAddress other) {
    var byEndpoint = endpoint.compareTo(other.endpoint);
    return byEndpoint != 0 ? byEndpoint : scheme.compareTo(other.scheme);
  }
}
