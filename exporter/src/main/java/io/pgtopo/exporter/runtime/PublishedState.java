package io.pgtopo.exporter.runtime;

import io.pgtopo.config.Config;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What all responses are made from.
 *
 * @param latest tolerates a few missed cycles
 * @param recent tolerates none, for load balancers
 * @param own name of the declared instance on this host, if it is known
 */
public record PublishedState(
    LatestSnapshot latest,
    LatestSnapshot recent,
    Supplier<Config> config,
    Supplier<Optional<String>> own,
    Reload reload) {}
