package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.failover.FailoverRules;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;

/** The metrics of the declared clusters in one snapshot. */
public final class TopologyMetrics {
  private TopologyMetrics() {}

  public static MetricSnapshots render(Snapshot snapshot) {
    var series = new ScrapeSeries();
    var names = new DisplayNames(snapshot.addresses());
    var rules =
        new FailoverRules(
            snapshot.inventory(),
            snapshot.topology(),
            snapshot.compared(),
            snapshot.others().managers(),
            snapshot.written(),
            Duration.ZERO);
    for (var view : ClusterView.of(snapshot)) {
      InstanceMetrics.render(view, series);
      DeclaredMetrics.render(view, snapshot, names, series);
      LinkMetrics.render(view, snapshot, names, series);
      LogicalMetrics.render(view, snapshot.topology(), names, series);
      DriftMetrics.render(view, series);
      SafetyMetrics.render(view, rules, series);
    }
    return series.snapshots();
  }
}
