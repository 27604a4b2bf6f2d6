package io.pgtopo.exporter.runtime;

import io.pgtopo.agent.Snapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The latest snapshot, as long as it is fresh.
 *
 * @param maxAge of a fresh one
 */
public record LatestSnapshot(
    Supplier<Optional<Snapshot>> source, Supplier<Duration> maxAge, InstantSource clock) {
  private static final Duration AT_LEAST = Duration.ofSeconds(30);

  /** Three intervals, but not less than 30 seconds. */
  public static Duration maxAge(Duration interval) {
    var three = interval.multipliedBy(3);
    return three.compareTo(AT_LEAST) < 0 ? AT_LEAST : three;
  }

  /**
   * What there is at one moment.
   *
   * @param last of the last cycle; empty before the first one ends
   * @param fresh the same; empty also if that cycle ended too long ago
   * @param status when the last cycle ended, in words
   */
  public record Current(Optional<Snapshot> last, Optional<Snapshot> fresh, String status) {}

  public Current current() {
    var last = source.get();
    if (last.isEmpty()) {
      return new Current(last, last, "no cycle has ended yet");
    }
    var endedAt = last.get().window().to();
    var age = Duration.between(endedAt, clock.instant());
    return age.compareTo(maxAge.get()) > 0
        ? new Current(
            last,
            Optional.empty(),
            "the last cycle ended %d seconds ago, at %s".formatted(age.toSeconds(), endedAt))
        : new Current(last, last, "the last cycle ended at " + endedAt + slowness(last.get()));
  }

  private static String slowness(Snapshot last) {
    return last.missed() == 0
        ? ""
        : "; this agent was too slow to poll %d of %d servers"
            .formatted(last.missed(), last.observations().size());
  }
}
