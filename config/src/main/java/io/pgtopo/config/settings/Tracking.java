package io.pgtopo.config.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How drifts are tracked over time.
 *
 * @param hysteresis how long a drift must last before it fires
 * @param grace how long a drift that a switchover can cause stays pending
 * @param stateDirectory empty to keep nothing over a restart
 */
public record Tracking(Duration hysteresis, Duration grace, Optional<Path> stateDirectory) {}
