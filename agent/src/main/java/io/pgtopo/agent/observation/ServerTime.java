package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * Times by the server's clock, which is never compared with another clock unless stated.
 *
 * @param now {@code clock_timestamp()}
 * @param configurationLoadedAt {@code pg_conf_load_time()}: the start, or the last reload
 * @param checkpointerStartedAt {@code backend_start} of the checkpointer: the start, or the last
 *     recovery from the crash of a process, after which all but the first are started again. Empty
 *     without {@code pg_read_all_stats}, and while there is none
 */
public record ServerTime(
    Instant now, Instant configurationLoadedAt, Optional<Instant> checkpointerStartedAt) {}
