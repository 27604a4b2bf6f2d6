package io.pgtopo.config.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How drifts are followed over time.
 *
 * @param hysteresis how long a drift must last before it fires
 * @param grace how long what a switchover looks like is excused
 * @param stateDirectory what is remembered over a restart; empty to remember nothing
 */
public record Tracking(Duration hysteresis, Duration grace, Optional<Path> stateDirectory) {}
