package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.view.Version;
import io.pgtopo.exporter.web.Rejection;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Optional;

/** What pgtopo says of itself: these metrics are there whatever happens to the servers. */
final class SelfMetrics {
  private SelfMetrics() {}

  static MetricSnapshots render(Optional<Snapshot> last, Counters tally, Reload.Outcome reload) {
    var series = new ScrapeSeries();
    series.put(MetricFamily.BUILD_INFO, 1, Version.current(), Version.java());
    last.ifPresent(
        snapshot -> {
          series.put(
              MetricFamily.SNAPSHOT_TIMESTAMP, InstanceMetrics.seconds(snapshot.window().to()));
          series.put(
              MetricFamily.CYCLE_DURATION, InstanceMetrics.seconds(snapshot.window().length()));
        });
    series.put(MetricFamily.RELOAD_SUCCESSFUL, reload.failedAt().isEmpty() ? 1 : 0);
    series.put(MetricFamily.RELOAD_TIMESTAMP, InstanceMetrics.seconds(reload.succeededAt()));
    series.put(MetricFamily.CYCLES, (double) tally.cycles());
    series.put(MetricFamily.CYCLE_FAILURES, (double) tally.cycleFailures());
    series.put(MetricFamily.RENDER_FAILURES, (double) tally.renderFailures());
    for (var reason : Rejection.Reason.values()) {
      series.put(MetricFamily.HTTP_REFUSALS, (double) tally.refusals(reason), reason.label());
    }
    series.put(MetricFamily.STATE_FAILURES, (double) tally.stateFailures());
    for (var kind : Failure.Kind.values()) {
      series.put(MetricFamily.PROBE_FAILURES, (double) tally.probeFailures(kind), kind.label());
    }
    for (var kind : Change.Kind.values()) {
      series.put(MetricFamily.CHANGES, (double) tally.changes(kind), kind.label());
    }
    return series.snapshots();
  }
}
