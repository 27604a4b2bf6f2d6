package io.pgtopo.exporter.text;

import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.view.DriftEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Since when a drift is open, in words. */
final class Since {
  private Since() {}

  /** Empty for one that the last cycle, or the only one, has found. */
  static String text(DriftEntry drift, Instant now) {
    var age = Duration.between(drift.since(), now).truncatedTo(ChronoUnit.SECONDS);
    return age.isPositive() && !drift.isFlapping()
        ? "%ssince %s (%s)"
            .formatted(
                drift.state().equals(TrackedDrift.State.PENDING.label()) ? "pending " : "",
                drift.since().truncatedTo(ChronoUnit.SECONDS),
                Durations.print(age))
        : "";
  }
}
