package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.topology.AddressBook;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What differs, as JSON, with what could not be judged beside it. */
final class DriftJson {
  private DriftJson() {}

  /** The drifts of the clusters that are asked for. */
  static JsonObject render(Snapshot snapshot, List<ClusterView> views) {
    return render(snapshot, views, drift -> true);
  }

  /**
   * Some drifts of the clusters that are asked for.
   *
   * @param wanted which drifts are listed; the verdict is on all of them
   */
  static JsonObject render(
      Snapshot snapshot, List<ClusterView> views, Predicate<TrackedDrift> wanted) {
    var text = new DriftText(AddressBook.of(snapshot.inventory()));
    var summary = Summary.of(views);
    return new JsonObject()
        .with("endedAt", snapshot.window().to().toString())
        .with("verdict", summary.verdict().label())
        .with("clusters", summary.clusters())
        .with("instances", summary.instances())
        .with("reachable", summary.reachable())
        .with("drifts", drifts(views.stream().map(ClusterView::drifts), wanted, text))
        .with("unverifiable", drifts(views.stream().map(ClusterView::unverifiable), wanted, text));
  }

  private static List<Map<String, @Nullable Object>> drifts(
      Stream<List<TrackedDrift>> open, Predicate<TrackedDrift> wanted, DriftText text) {
    return open.flatMap(Collection::stream)
        .filter(wanted)
        .map(tracked -> drift(tracked, text))
        .toList();
  }

  private static Map<String, @Nullable Object> drift(TrackedDrift tracked, DriftText text) {
    var drift = tracked.drift();
    var json = new JsonObject().with("kind", drift.kind().label());
    if (drift instanceof Drift.Unverifiable unknown) {
      json.with("about", Optional.of(unknown.about()).map(DriftKind::label));
    }
    var subject = drift.subject();
    return json.with("severity", drift.kind().severity().label())
        .with("state", tracked.state().label())
        .with("cls", subject.cluster())
        .with("ins", subject.instance().map(Names::shown))
        .with("ip", subject.node())
        .with("part", subject.part().map(Subject.Part::toString))
        .with("declared", text.declared(drift))
        .with("live", text.live(drift))
        .with("proof", text.proof(drift))
        .with("since", tracked.since().toString())
        .with("lastSeen", tracked.lastSeen().toString())
        .fields();
  }
}
