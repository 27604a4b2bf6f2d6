package io.pgtopo.agent.observation;

import java.time.Instant;

/**
 * Times by the server's clock, which is never compared with another clock unless stated.
 *
 * @param now {@code clock_timestamp()}
 * @param configurationLoadedAt {@code pg_conf_load_time()}: the start, or the last reload
 */
public record ServerTime(Instant now, Instant configurationLoadedAt) {}
