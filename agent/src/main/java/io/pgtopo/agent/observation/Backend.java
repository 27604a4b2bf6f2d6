package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * A server process.
 *
 * @param startedAt {@code pg_stat_activity.backend_start}, by the server's clock; empty where
 *     hidden. A walreceiver and its walsender start 2 to 8 ms apart
 */
public record Backend(int pid, Optional<Instant> startedAt) {}
