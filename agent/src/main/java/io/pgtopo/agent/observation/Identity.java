package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * Which server this is.
 *
 * @param startedAt {@code pg_postmaster_start_time()}, by the server's clock, in microseconds
 * @param port the setting {@code port}, which may differ from the one that was connected to
 * @param dataDirectory the setting {@code data_directory}: denied without {@code
 *     pg_read_all_settings}
 * @param serverAddress {@code inet_server_addr()} and {@code inet_server_port()}: through a Unix
 *     socket the declared address, if it listens there; behind a VIP, NAT or proxy another address
 *     than the one that was connected to
 * @param clusterName the setting {@code cluster_name}; empty if unset
 */
public record Identity(
    SystemId systemId,
    ServerVersion version,
    Instant startedAt,
    int port,
    Reading<String> dataDirectory,
    Optional<Endpoint> serverAddress,
    String clusterName) {

  Identity serverAddress(Endpoint address) {
    return new Identity(
        systemId, version, startedAt, port, dataDirectory, Optional.of(address), clusterName);
  }

  /**
   * Whether two answers came from one server, at any addresses: no two servers with the same system
   * identifier start in the same microsecond with the same port and data directory.
   */
  public boolean isSameServer(Identity other) {
    return systemId.equals(other.systemId)
        && startedAt.equals(other.startedAt)
        && port == other.port
        && (dataDirectory.equals(other.dataDirectory)
            || dataDirectory.ifSeen().isEmpty()
            || other.dataDirectory.ifSeen().isEmpty());
  }
}
