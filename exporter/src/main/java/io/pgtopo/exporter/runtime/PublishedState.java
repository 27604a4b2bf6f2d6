package io.pgtopo.exporter.runtime;

import io.pgtopo.config.Config;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What all answers are made from.
 *
 * @param latest for whoever watches: a few missed cycles are forgiven
 * @param recent for whoever sends connections to servers: nothing is
 * @param own name of the declared instance that runs on this machine, if that is known
 */
public record PublishedState(
    LatestSnapshot latest,
    LatestSnapshot recent,
    Supplier<Config> config,
    Supplier<Optional<String>> own,
    Reload reload) {}
