package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.runtime.Tally;
import io.pgtopo.exporter.view.Version;
import io.pgtopo.exporter.web.Refusal;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Optional;

/** What pgtopo says of itself: these metrics are there whatever happens to the servers. */
final class SelfMetrics {
  private SelfMetrics() {}

  static MetricSnapshots render(Optional<Snapshot> last, Tally tally, Reload.Outcome reload) {
    var series = new Series();
    series.put(Family.BUILD_INFO, 1, Version.current(), Version.java());
    last.ifPresent(
        snapshot -> {
          series.put(Family.SNAPSHOT_TIMESTAMP, InstanceMetrics.seconds(snapshot.window().to()));
          series.put(Family.CYCLE_DURATION, InstanceMetrics.seconds(snapshot.window().length()));
        });
    series.put(Family.RELOAD_SUCCESSFUL, reload.failedAt().isEmpty() ? 1 : 0);
    series.put(Family.RELOAD_TIMESTAMP, InstanceMetrics.seconds(reload.succeededAt()));
    series.put(Family.CYCLES, (double) tally.cycles());
    series.put(Family.CYCLE_FAILURES, (double) tally.cycleFailures());
    series.put(Family.RENDER_FAILURES, (double) tally.renderFailures());
    for (var reason : Refusal.Reason.values()) {
      series.put(Family.HTTP_REFUSALS, (double) tally.refusals(reason), reason.label());
    }
    series.put(Family.STATE_FAILURES, (double) tally.stateFailures());
    for (var kind : Failure.Kind.values()) {
      series.put(Family.PROBE_FAILURES, (double) tally.probeFailures(kind), kind.label());
    }
    for (var kind : Change.Kind.values()) {
      series.put(Family.CHANGES, (double) tally.changes(kind), kind.label());
    }
    return series.snapshots();
  }
}
