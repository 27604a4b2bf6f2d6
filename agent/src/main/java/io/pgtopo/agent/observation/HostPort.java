package io.pgtopo.agent.observation;

/**
 * An address as a server reports it; a name of its own because it need not be one that the agent
 * can dial.
 *
 * @param port 0 where it is unknown
 */
public record HostPort(String host, int port) {
  @Override
  public String toString() {
    return port == 0 ? host : host + ":" + port;
  }
}
