package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.view.Version;
import io.pgtopo.exporter.web.Rejection;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Optional;

/** The metrics of pgtopo itself: they are there whatever happens to the servers. */
final class SelfMetrics {
  private SelfMetrics() {}

  static MetricSnapshots render(Optional<Snapshot> last, Counters counters, Reload.Outcome reload) {
    var series = new ScrapeSeries();
    series.put(MetricFamily.BUILD_INFO, 1, Version.current(), Version.java());
    last.map(Snapshot::window)
        .ifPresent(
            cycle -> {
              series.put(MetricFamily.SNAPSHOT_TIMESTAMP_SECONDS, ScrapeSeries.seconds(cycle.to()));
              series.put(
                  MetricFamily.LAST_CYCLE_DURATION_SECONDS, ScrapeSeries.seconds(cycle.length()));
            });
    series.put(MetricFamily.CONFIG_LAST_RELOAD_SUCCESSFUL, reload.failedAt().isEmpty() ? 1 : 0);
    series.put(
        MetricFamily.CONFIG_LAST_RELOAD_SUCCESS_TIMESTAMP_SECONDS,
        ScrapeSeries.seconds(reload.succeededAt()));
    series.put(MetricFamily.CONFIG_CLUSTERS_NOT_WATCHED, reload.notWatched().size());
    for (var event : Counters.Event.values()) {
      series.put(family(event), (double) counters.of(event));
    }
    kinds(MetricFamily.POLL_FAILURES_TOTAL, Failure.Kind.values(), counters, series);
    kinds(MetricFamily.CHANGES_TOTAL, Change.Kind.values(), counters, series);
    kinds(MetricFamily.HTTP_REQUESTS_REJECTED_TOTAL, Rejection.Kind.values(), counters, series);
    return series.snapshots();
  }

  private static MetricFamily family(Counters.Event event) {
    return switch (event) {
      case CYCLE_ENDED -> MetricFamily.CYCLES_TOTAL;
      case CYCLE_FAILED -> MetricFamily.CYCLE_FAILURES_TOTAL;
      case RENDER_FAILED -> MetricFamily.RENDER_FAILURES_TOTAL;
      case STATE_WRITE_FAILED -> MetricFamily.STATE_WRITE_FAILURES_TOTAL;
    };
  }

  private static <T extends Enum<T> & Labelled> void kinds(
      MetricFamily family, T[] kinds, Counters counters, ScrapeSeries series) {
    for (var kind : kinds) {
      series.put(family, (double) counters.of(kind), kind.label());
    }
  }
}
