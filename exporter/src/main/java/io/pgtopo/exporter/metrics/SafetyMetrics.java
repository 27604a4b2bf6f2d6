package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.failover.FailoverRules;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.NodeLoss;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.failover.Scenario;
import io.pgtopo.exporter.view.ClusterView;
import java.util.List;

/** Whether each candidate could replace the primary of its cluster, and what a loss costs it. */
final class SafetyMetrics {
  private SafetyMetrics() {}

  /** What concerns the cluster as a whole concerns each candidate. */
  static void render(ClusterView view, FailoverRules rules, ScrapeSeries series) {
    var readiness = rules.of(view.cluster(), Scenario.PRIMARY_LOST);
    var failover = Safety.worst(readiness.findings().stream().map(Finding::failover).toList());
    var switchover = Safety.worst(readiness.findings().stream().map(Finding::switchover).toList());
    for (var candidate : readiness.candidates()) {
      var of = series.with(view.cluster().name(), candidate.member().name());
      put(of, MetricFamily.FAILOVER_SAFE, failover, candidate.failover());
      put(of, MetricFamily.SWITCHOVER_SAFE, switchover, candidate.switchover());
    }
    rules.nodes(view.cluster()).forEach(loss -> put(series.with(view.cluster().name()), loss));
  }

  /** What may be borne is not said while something may be that may not. */
  private static void put(ScrapeSeries series, NodeLoss loss) {
    if (loss.effects().isEmpty()) {
      series.put(MetricFamily.NODE_LOSS_SAFE, 1, loss.node(), "none");
    }
    for (var effect : loss.effects()) {
      if (effect.safety() == Safety.NO || loss.safety() == Safety.YES) {
        var isSafe = effect.safety() == Safety.YES;
        series.put(MetricFamily.NODE_LOSS_SAFE, isSafe ? 1 : 0, loss.node(), effect.cost().label());
      }
    }
  }

  private static void put(
      ScrapeSeries series, MetricFamily family, Safety ofCluster, Safety ofCandidate) {
    switch (Safety.worst(List.of(ofCluster, ofCandidate))) {
      case YES -> series.put(family, 1);
      case NO -> series.put(family, 0);
      case UNKNOWN -> {}
    }
  }
}
