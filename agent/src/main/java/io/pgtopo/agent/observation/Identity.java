package io.pgtopo.agent.observation;

import io.pgtopo.config.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * Which server this is.
 *
 * @param startedAt {@code pg_postmaster_start_time()}, by the server's clock
 * @param answeredFrom {@code inet_server_addr()} and {@code inet_server_port()}: empty through a
 *     Unix socket; another address than the one that was dialled behind a VIP, NAT or proxy
 * @param clusterName the setting {@code cluster_name}; empty if unset
 */
public record Identity(
    SystemId systemId,
    ServerVersion version,
    Instant startedAt,
    Optional<Endpoint> answeredFrom,
    String clusterName) {}
