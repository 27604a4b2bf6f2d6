package io.pgtopo.agent.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The drifts that are open, folded over time. Immutable: {@link #next} returns the tracker after.
 *
 * @param open in the order of their keys
 */
public record DriftTracker(Hysteresis hysteresis, List<TrackedDrift> open) {

  public DriftTracker {
    open = List.copyOf(open);
  }

  /** A tracker that has seen nothing. */
  public static DriftTracker starting(Hysteresis hysteresis) {
    return new DriftTracker(hysteresis, List.of());
  }

  /**
   * The tracker after one more cycle. A drift that was open keeps its {@code since}; one that is
   * not seen any more is closed.
   *
   * @param now not before the {@code lastSeen} of any open drift
   */
  public DriftTracker next(List<Drift> seen, Instant now) {
    Map<Drift.Key, TrackedDrift> before =
        open.stream()
            .collect(Collectors.toMap(tracked -> tracked.drift().key(), Function.identity()));
    var after = new TreeMap<Drift.Key, TrackedDrift>();
    for (var drift : seen) {
      var known = before.get(drift.key());
      var since = known == null ? now : known.since();
      after.put(drift.key(), new TrackedDrift(drift, since, now, state(since, now)));
    }
    return new DriftTracker(hysteresis, List.copyOf(after.values()));
  }

  private TrackedDrift.State state(Instant since, Instant now) {
    return Duration.between(since, now).compareTo(hysteresis.hold()) >= 0
        ? TrackedDrift.State.FIRING
        : TrackedDrift.State.PENDING;
  }
}
