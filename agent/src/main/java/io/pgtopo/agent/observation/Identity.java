package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * Which server this is.
 *
 * @param systemId equal for all copies of one database cluster; denied if the server refuses it
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
    Reading<SystemId> systemId,
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
   * identifier start in the same microsecond with the same port and data directory. What is hidden
   * contradicts nothing.
   */
  public boolean isSameServer(Identity other) {
    return startedAt.equals(other.startedAt)
        && port == other.port
        && mayBeEqual(systemId, other.systemId)
        && mayBeEqual(dataDirectory, other.dataDirectory);
  }

  private static <T> boolean mayBeEqual(Reading<T> one, Reading<T> other) {
    return one.equals(other) || one.ifSeen().isEmpty() || other.ifSeen().isEmpty();
  }
}
