package io.pgtopo.agent.observation;

import io.pgtopo.config.model.IpAddress;

/**
 * An address as a server reports it, which the agent may not be able to connect to; an {@code
 * Endpoint} is one that it can.
 *
 * @param port 0 where it is unknown
 */
public record HostPort(String host, int port) {

  public HostPort {
    host = IpAddress.canonical(host);
  }

  @Override
  public String toString() {
    return port == 0 ? host : host + ":" + port;
  }
}
