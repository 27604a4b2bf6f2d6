package io.pgtopo.agent.track;

import java.time.Instant;

/**
 * A drift that fired and is gone.
 *
 * @param episode how it went
 * @param at when it was given up: two cycles in a row did not see it any more
 */
public record ResolvedDrift(Episode episode, Instant at) {}
