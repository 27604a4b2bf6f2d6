package io.pgtopo.exporter;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.TrackedDrift;

/** The metrics of what differs in a cluster, of what agrees, and of what nobody can tell. */
final class DriftMetrics {
  private DriftMetrics() {}

  static void render(ClusterView view, Series series) {
    for (var tracked : view.drifts()) {
      open(tracked, series);
    }
    for (var tracked : view.unverifiable()) {
      if (tracked.drift() instanceof Drift.Unverifiable unknown) {
        var subject = unknown.subject();
        series.put(
            Family.UNVERIFIABLE,
            1,
            subject.cluster(),
            ins(subject),
            ip(subject),
            part(subject),
            unknown.about().label(),
            tracked.state().label());
      }
    }
    var evaluable = view.evaluable();
    for (var kind : DriftKind.values()) {
      if (kind != DriftKind.UNVERIFIABLE) {
        series.put(
            Family.DRIFT_EVALUABLE,
            evaluable.contains(kind) ? 1 : 0,
            view.cluster().name(),
            kind.label(),
            kind.severity().label());
      }
    }
    for (var kind : view.agreed()) {
      series.put(
          Family.DRIFT,
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

  private static void open(TrackedDrift tracked, Series series) {
    var kind = tracked.drift().kind();
    var subject = tracked.drift().subject();
    series.put(
        Family.DRIFT,
        1,
        subject.cluster(),
        ins(subject),
        ip(subject),
        part(subject),
        kind.label(),
        kind.severity().label(),
        tracked.state().label());
    series.put(
        Family.DRIFT_SINCE,
        InstanceMetrics.seconds(tracked.since()),
        subject.cluster(),
        ins(subject),
        ip(subject),
        part(subject),
        kind.label(),
        kind.severity().label());
  }

  private static String ins(Subject subject) {
    return subject.instance().map(Names::shown).orElse("");
  }

  private static String part(Subject subject) {
    return subject.part().map(Subject.Part::toString).map(Names::shown).orElse("");
  }

  private static String ip(Subject subject) {
    return subject.node().orElse("");
  }
}
