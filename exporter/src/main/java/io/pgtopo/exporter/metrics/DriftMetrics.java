package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;

/** The metrics of what differs in a cluster, of what agrees, and of what nobody can tell. */
final class DriftMetrics {
  private DriftMetrics() {}

  static void render(ClusterView view, ScrapeSeries series) {
    for (var tracked : view.drifts()) {
      open(view.judged(tracked), 1, tracked.state().label(), series);
    }
    for (var tracked : view.unverifiable()) {
      unverifiable(tracked.drift(), 1, tracked.state().label(), series);
    }
    for (var judged : view.quiet()) {
      if (judged.drift() instanceof Drift.Unverifiable) {
        unverifiable(judged.drift(), 0, judged.state(), series);
      } else {
        open(judged, 0, judged.state(), series);
      }
    }
    verdict(view.verdict(), series);
    evaluable(view, series);
    agreed(view, series);
  }

  private static void evaluable(ClusterView view, ScrapeSeries series) {
    var evaluable = view.evaluable();
    for (var kind : DriftKind.values()) {
      if (kind != DriftKind.UNVERIFIABLE) {
        series.put(
            MetricFamily.DRIFT_EVALUABLE,
            evaluable.contains(kind) ? 1 : 0,
            view.cluster().name(),
            kind.label(),
            kind.severity().label());
      }
    }
  }

  private static void verdict(Verdict verdict, ScrapeSeries series) {
    series.putStates(
        MetricFamily.CLUSTER_SYNC,
        Verdict.Sync.values(),
        verdict.sync(),
        Verdict.Sync::label,
        verdict.cluster());
    series.putStates(
        MetricFamily.CLUSTER_HEALTH,
        Verdict.Health.values(),
        verdict.health(),
        Verdict.Health::label,
        verdict.cluster());
  }

  private static void unverifiable(Drift drift, int value, String state, ScrapeSeries series) {
    if (drift instanceof Drift.Unverifiable unknown) {
      var subject = unknown.subject();
      series.put(
          MetricFamily.DRIFT_UNVERIFIABLE,
          value,
          subject.cluster(),
          ins(subject),
          ip(subject),
          part(subject),
          unknown.about().label(),
          state);
    }
  }

  private static void agreed(ClusterView view, ScrapeSeries series) {
    for (var kind : view.agreed()) {
      series.put(
          MetricFamily.DRIFT,
          0,
          view.cluster().name(),
          "",
          "",
          "",
          kind.label(),
          kind.severity().label(),
          "");
    }
  }

  private static void open(JudgedDrift judged, int value, String state, ScrapeSeries series) {
    var kind = judged.drift().kind();
    var subject = judged.drift().subject();
    series.put(
        MetricFamily.DRIFT,
        value,
        subject.cluster(),
        ins(subject),
        ip(subject),
        part(subject),
        kind.label(),
        judged.severity().label(),
        state);
    series.put(
        MetricFamily.DRIFT_SINCE_TIMESTAMP_SECONDS,
        ScrapeSeries.seconds(judged.tracked().since()),
        subject.cluster(),
        ins(subject),
        ip(subject),
        part(subject),
        kind.label(),
        judged.severity().label());
  }

  private static String ins(Subject subject) {
    return subject.instance().map(DisplayNames::shown).orElse("");
  }

  private static String part(Subject subject) {
    return subject.part().map(Subject.Part::toString).map(DisplayNames::shown).orElse("");
  }

  private static String ip(Subject subject) {
    return subject.node().orElse("");
  }
}
