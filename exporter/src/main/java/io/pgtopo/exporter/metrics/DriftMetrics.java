package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import java.util.Set;
import java.util.stream.Collectors;

/** The metrics of what differs in a cluster, of what agrees, and of what is unknown. */
final class DriftMetrics {
  private DriftMetrics() {}

  static void render(ClusterView view, ScrapeSeries series) {
    var counted =
        view.open().stream()
            .filter(JudgedDrift::counts)
            .map(JudgedDrift::key)
            .collect(Collectors.toSet());
    view.open().forEach(judged -> open(judged, counted, series));
    var cluster = series.with(view.cluster().name());
    cluster.putStates(MetricFamily.CLUSTER_SYNC, Verdict.Sync.values(), view.verdict().sync());
    cluster.putStates(
        MetricFamily.CLUSTER_HEALTH, Verdict.Health.values(), view.verdict().health());
    for (var kind : DriftKind.values()) {
      if (kind != DriftKind.UNVERIFIABLE) {
        var isEvaluable = view.evaluable().contains(kind);
        cluster.put(
            MetricFamily.DRIFT_EVALUABLE,
            isEvaluable ? 1 : 0,
            kind.label(),
            kind.severity().label());
      }
    }
    for (var kind : view.agreed()) {
      cluster.put(MetricFamily.DRIFT, 0, "", "", "", kind.label(), kind.severity().label(), "");
    }
  }

  private static void open(JudgedDrift judged, Set<Drift.Key> counted, ScrapeSeries series) {
    var subject = judged.drift().subject();
    var about =
        series.with(
            subject.cluster(),
            subject.instance().map(DisplayNames::shown).orElse(""),
            subject.node().orElse(""),
            subject.part().map(Subject.Part::toString).map(DisplayNames::shown).orElse(""));
    var value = judged.counts() ? 1 : 0;
    if (judged.drift() instanceof Drift.Unverifiable unknown) {
      var kind = unknown.about().label();
      about.put(MetricFamily.DRIFT_UNVERIFIABLE, value, kind, judged.state());
      return;
    }
    var kind = judged.drift().kind().label();
    var severity = judged.severity().label();
    about.put(MetricFamily.DRIFT, value, kind, severity, judged.state());
    var since = ScrapeSeries.seconds(judged.tracked().since());
    about.put(MetricFamily.DRIFT_SINCE_TIMESTAMP_SECONDS, since, kind, severity);
    judged
        .cause()
        .filter(counted::contains)
        .ifPresent(
            cause ->
                about.put(
                    MetricFamily.DRIFT_CAUSE,
                    1,
                    kind,
                    cause.kind().label(),
                    cause.subject().instance().map(DisplayNames::shown).orElse("")));
  }
}
