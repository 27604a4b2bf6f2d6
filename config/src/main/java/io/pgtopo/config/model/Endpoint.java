package io.pgtopo.config.model;

/**
 * An address that a PostgreSQL server is reached at: host name or IP address, and TCP port.
 *
 * <p>Prints as {@code host:port}, IPv6 addresses in brackets. Ordered by host, then by port.
 */
public record Endpoint(String host, int port) implements Comparable<Endpoint> {

  /** PostgreSQL's registered port. */
  public static final int DEFAULT_PORT = 5432;

  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is blank");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port is not in 1..65535: " + port);
    }
  }

  @Override
  public int compareTo(Endpoint other) {
    var byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
