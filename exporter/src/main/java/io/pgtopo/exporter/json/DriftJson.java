package io.pgtopo.exporter.json;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.Summary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What differs, as JSON, with what could not be judged beside it. */
public final class DriftJson {
  private DriftJson() {}

  /** The drifts of the clusters that are asked for. */
  public static JsonObject render(Snapshot snapshot, List<ClusterView> views) {
    return render(snapshot, views, drift -> true);
  }

  /**
   * Some drifts of the clusters that are asked for.
   *
   * @param wanted which drifts are listed; the verdict is on all of them
   */
  public static JsonObject render(
      Snapshot snapshot, List<ClusterView> views, Predicate<JudgedDrift> wanted) {
    var text = new DriftText(snapshot.addresses());
    var summary = Summary.of(views);
    return new JsonObject()
        .with("endedAt", snapshot.window().to().toString())
        .with("verdict", summary.verdict().label())
        .with("clusters", summary.clusters())
        .with("instances", summary.instances())
        .with("reachable", summary.reachable())
        .with("drifts", drifts(views.stream().flatMap(DriftJson::proved), wanted, text))
        .with("unverifiable", drifts(views.stream().flatMap(DriftJson::unverifiable), wanted, text))
        .with("ignored", drifts(quiet(views, Standing.Ignored.class), wanted, text))
        .with("suspended", drifts(quiet(views, Standing.Suspended.class), wanted, text));
  }

  private static Stream<JudgedDrift> proved(ClusterView view) {
    return view.drifts().stream().map(view::judged);
  }

  private static Stream<JudgedDrift> unverifiable(ClusterView view) {
    return view.unverifiable().stream().map(view::judged);
  }

  private static Stream<JudgedDrift> quiet(
      List<ClusterView> views, Class<? extends Standing> standing) {
    return views.stream()
        .flatMap(view -> view.quiet().stream())
        .filter(judged -> standing.isInstance(judged.standing()));
  }

  private static List<Map<String, @Nullable Object>> drifts(
      Stream<JudgedDrift> open, Predicate<JudgedDrift> wanted, DriftText text) {
    return open.filter(wanted).map(judged -> drift(judged, text)).toList();
  }

  private static Map<String, @Nullable Object> drift(JudgedDrift judged, DriftText text) {
    var tracked = judged.tracked();
    var drift = judged.drift();
    var json = new JsonObject().with("kind", drift.kind().label());
    if (drift instanceof Drift.Unverifiable unknown) {
      json.with("about", Optional.of(unknown.about()).map(DriftKind::label));
    }
    var subject = drift.subject();
    return json.with("severity", judged.severity().label())
        .with("state", tracked.state().label())
        .with("cls", subject.cluster())
        .with("ins", subject.instance().map(DisplayNames::shown))
        .with("ip", subject.node())
        .with("part", subject.part().map(Subject.Part::toString))
        .with("declared", text.declared(drift))
        .with("live", text.live(drift))
        .with("proof", text.evidence(drift))
        .with("consequences", text.consequences(drift))
        .with("cause", judged.cause().map(DriftJson::cause))
        .with("accepted", accepted(judged.standing()))
        .with("since", tracked.since().toString())
        .with("lastSeen", tracked.lastSeen().toString())
        .with("presence", tracked.presence().label())
        .with("remark", tracked.remark())
        .with("flapping", tracked.isFlapping())
        .with("transitions", tracked.transitions())
        .fields();
  }

  private static Map<String, @Nullable Object> cause(Drift.Key key) {
    return new JsonObject()
        .with("kind", key.kind().label())
        .with("cls", key.subject().cluster())
        .with("ins", key.subject().instance().map(DisplayNames::shown))
        .fields();
  }

  /** By whom, why and until when it does not count. */
  private static Optional<Map<String, @Nullable Object>> accepted(Standing standing) {
    return switch (standing) {
      case Standing.Counts counts -> Optional.empty();
      case Standing.Ignored(var rule) ->
          Optional.of(accepted(rule.owner(), rule.reason(), rule.until()).fields());
      case Standing.Suspended(var entry) ->
          Optional.of(
              accepted(entry.owner(), entry.reason(), entry.until())
                  .with("maintenanceOf", entry.subject())
                  .fields());
    };
  }

  private static JsonObject accepted(String owner, String reason, Instant until) {
    return new JsonObject()
        .with("owner", owner)
        .with("reason", reason)
        .with("until", until.toString());
  }
}
