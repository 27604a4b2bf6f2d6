package io.pgtopo.agent.observation;

import java.time.Instant;

/**
 * Moments by the server's clock, which is never compared with another one without saying so.
 *
 * @param now {@code clock_timestamp()}
 * @param configurationLoadedAt {@code pg_conf_load_time()}: the start, or the last reload
 */
public record ServerTime(Instant now, Instant configurationLoadedAt) {}
