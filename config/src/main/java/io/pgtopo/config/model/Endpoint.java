package io.pgtopo.config.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address that a PostgreSQL server is reached at: host name or IP address, and TCP port.
 *
 * <p>Prints as {@code host:port}, IPv6 addresses in brackets. Ordered by host, then by port.
 */
public record Endpoint(String host, int port) implements Comparable<Endpoint> {

  /** PostgreSQL's registered port. */
  public static final int DEFAULT_PORT = 5432;

  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.%]+)]|(?<host>[^:\\s\\[\\]]*)):(?<port>\\d{1,5})");

  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is blank");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port is not in 1..65535: " + port);
    }
    host = IpAddress.canonical(host);
  }

  /** Reads {@code host:port}, {@code [ipv6]:port} and {@code :port}, which means every address. */
  public static Optional<Endpoint> parse(String text) {
    var match = FORM.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    var port = Integer.parseInt(match.group("port"));
    var host = match.group("v6") == null ? match.group("host") : match.group("v6");
    return port < 1 || port > 65_535
        ? Optional.empty()
        : Optional.of(new Endpoint(host.isEmpty() ? "0.0.0.0" : host, port));
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
