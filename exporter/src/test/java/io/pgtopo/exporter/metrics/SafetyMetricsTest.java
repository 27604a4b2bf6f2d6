package io.pgtopo.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SafetyMetricsTest {

  /** The worst sample of each node, by cluster and node. */
  private static Map<String, String> scraped(Snapshot snapshot) {
    var worst = new TreeMap<String, String>();
    TopologyMetrics.render(snapshot).stream()
        .filter(family -> family.getMetadata().getName().equals("pgtopo_node_loss_safe"))
        .flatMap(family -> family.getDataPoints().stream())
        .map(GaugeDataPointSnapshot.class::cast)
        .forEach(
            point ->
                worst.merge(
                    point.getLabels().get("cls") + " " + point.getLabels().get("node"),
                    point.getValue() == 1 ? "yes" : "no",
                    (one, other) -> one.equals("no") ? one : other));
    return worst;
  }

  /** What {@code pgtopo safe} says of each node, as far as it is known. */
  private static Map<String, String> said(Snapshot snapshot) {
    return SafetyReport.of(snapshot, name -> true, SafetyQuestion.ANY, Duration.ZERO)
        .clusters()
        .stream()
        .flatMap(
            it -> it.nodes().stream().map(node -> Map.entry(it.cls() + " " + node.node(), node)))
        .filter(it -> !it.getValue().safe().equals("unknown"))
        .collect(Collectors.toMap(Map.Entry::getKey, it -> it.getValue().safe()));
  }

  @Test
  void the_worst_effect_of_the_loss_of_a_node_is_what_pgtopo_safe_says_of_it() {
    var seen = new HashSet<String>();
    World.stories()
        .forEach(
            story -> {
              var said = said(story.getValue());
              assertThat(scraped(story.getValue())).as(story.getKey()).isEqualTo(said);
              seen.addAll(said.values());
            });
    assertThat(seen).isEqualTo(Set.of("yes", "no"));
  }
}
