package io.pgtopo.agent;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.JudgedDrift;
import io.pgtopo.agent.drift.TrackedDrift;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is worth one line in the log: drifts that opened, fired or closed since the last cycle. */
final class Changes {
  private Changes() {}

  /** One line, and whether somebody should be woken by it. */
  record Change(String text, boolean isAlarming) {}

  static List<Change> between(Optional<Snapshot> before, Snapshot after, DriftText text) {
    var known = byKey(before.map(Snapshot::drifts).orElse(List.of()));
    var open = byKey(after.drifts());
    var judged = after.judgement().byKey();
    var changed =
        open.values().stream()
            .filter(
                tracked -> isNews(Optional.ofNullable(known.get(tracked.drift().key())), tracked))
            .map(tracked -> opened(tracked, judged.get(tracked.drift().key()), text));
    var closed =
        known.values().stream()
            .filter(tracked -> !open.containsKey(tracked.drift().key()))
            .map(tracked -> new Change("resolved: " + name(tracked.drift()), false));
    return Stream.concat(changed, closed).toList();
  }

  private static Map<Drift.Key, TrackedDrift> byKey(List<TrackedDrift> drifts) {
    return drifts.stream()
        .collect(
            Collectors.toMap(
                tracked -> tracked.drift().key(),
                Function.identity(),
                (first, second) -> first,
                TreeMap::new));
  }

  private static boolean isNews(Optional<TrackedDrift> before, TrackedDrift after) {
    return before.map(TrackedDrift::state).filter(after.state()::equals).isEmpty();
  }

  /** What is ignored or suspended wakes nobody. */
  private static Change opened(TrackedDrift tracked, @Nullable JudgedDrift judged, DriftText text) {
    return new Change(
        tracked.state().label() + ": " + text.sentence(tracked.drift()),
        tracked.state() == TrackedDrift.State.FIRING && (judged == null || judged.counts()));
  }

  private static String name(Drift drift) {
    return drift.kind().label() + " " + drift.subject();
  }
}
