package io.pgtopo.exporter.json;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What happened lately, as JSON, oldest first. */
public final class ChangesJson {
  private ChangesJson() {}

  /** The changes of the clusters that are asked for, and of the agent itself. */
  public static JsonObject render(Snapshot snapshot, List<ClusterView> views) {
    var clusters = views.stream().map(view -> view.cluster().name()).collect(Collectors.toSet());
    return new JsonObject()
        .with("endedAt", snapshot.window().to().toString())
        .with(
            "changes",
            snapshot.changes().stream()
                .filter(
                    change ->
                        change.subject().map(Subject::cluster).map(clusters::contains).orElse(true))
                .map(ChangesJson::change)
                .toList());
  }

  /** All of a journal. */
  public static JsonObject render(List<Change> changes) {
    return new JsonObject().with("changes", changes.stream().map(ChangesJson::change).toList());
  }

  private static Map<String, @Nullable Object> change(Change change) {
    var subject = change.subject();
    return new JsonObject()
        .with("at", change.at().toString())
        .with("kind", change.kind().label())
        .with("cls", subject.map(Subject::cluster))
        .with("ins", subject.flatMap(Subject::instance).map(DisplayNames::shown))
        .with("part", subject.flatMap(Subject::part).map(Subject.Part::toString))
        .with("drift", change.drift().map(ChangesJson::topic))
        .with("text", change.text())
        .with("serverTime", change.serverTime().map(Instant::toString))
        .fields();
  }

  private static String topic(Drift.Key key) {
    return key.about().or(() -> Optional.of(key.kind())).map(DriftKind::label).orElseThrow();
  }
}
