package io.pgtopo.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.ClusterView;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TopologyMetricsTest {

  @Test
  void every_family_is_documented_as_it_is() throws IOException {
    var documented =
        Files.readAllLines(Path.of("..", "docs", "metrics.md")).stream()
            .filter(line -> line.matches("\\| `(pgtopo|hikaricp)_.*"))
            .map(TopologyMetricsTest::documented)
            .toList();

    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Arrays.stream(MetricFamily.values()).map(TopologyMetricsTest::written),
                    measured().map(TopologyMetricsTest::written))
                .toList());
  }

  /** What Micrometer measures of polls and pools. */
  private static Stream<MetricSnapshot> measured() {
    var own =
        Arrays.stream(MetricFamily.values())
            .map(TopologyMetricsTest::base)
            .collect(Collectors.toUnmodifiableSet());
    return MetersTest.rest().stream()
        .filter(family -> family.getMetadata().getName().matches("(pgtopo|hikaricp)_.*"))
        .filter(family -> !own.contains(family.getMetadata().getName()));
  }

  @Test
  void every_family_is_shown_by_some_story() {
    var shown =
        World.stories()
            .flatMap(story -> collect(story.getValue(), new Counters()).stream())
            .map(family -> family.getMetadata().getName())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(Arrays.stream(MetricFamily.values()).map(TopologyMetricsTest::base))
        .allSatisfy(name -> assertThat(shown).contains(name));
  }

  @Test
  void unidentified_servers_with_equal_labels_are_one_series_with_the_worst_lag() {
    var observations =
        List.of(
            Server.primary(1, "0/5000060", 1)
                .sendsTo("10.10.10.99", "walreceiver")
                .sendsTo("10.10.10.99", "walreceiver")
                .seen());

    var metrics = TopologyMetrics.render(World.firstSight(observations));

    assertThat(points(metrics, "pgtopo_replication_link")).isEqualTo(1);
    assertThat(points(metrics, "pgtopo_replication_replay_lag_bytes")).isEqualTo(1);
  }

  @Test
  void names_are_printable_in_labels_and_stay_apart() {
    var names = List.of("a\u202eb", "a\\u202Eb", "a\u001b[2Jb", "a\\u001B[2Jb");
    var primary = Server.primary(1, "0/5000060", 1);
    for (var name : names) {
      primary = primary.sendsTo("10.10.10.99", name);
    }

    var labels =
        TopologyMetrics.render(World.firstSight(List.of(primary.seen()))).stream()
            .filter(family -> family.getMetadata().getName().equals("pgtopo_replication_link"))
            .flatMap(family -> family.getDataPoints().stream())
            .flatMap(point -> point.getLabels().stream())
            .map(Label::getValue)
            .toList();

    assertThat(labels)
        .contains(
            "10.10.10.99 \"a\\u202Eb\"",
            "10.10.10.99 \"a\\\\u202Eb\"",
            "10.10.10.99 \"a\\u001B[2Jb\"",
            "10.10.10.99 \"a\\\\u001B[2Jb\"")
        .allSatisfy(label -> assertThat(Printable.of(label)).isEqualTo(label));
  }

  @Test
  void a_temporary_slot_which_is_named_after_a_process_has_no_series() {
    var lasting = Server.primary(1, "0/5000060", 1).slot("pg_test_2", "0/4000000");
    var backup = lasting.temporarySlot("pg_basebackup_4711", "0/4000000");

    var before = TopologyMetrics.render(World.firstSight(List.of(lasting.seen())));
    var during = TopologyMetrics.render(World.firstSight(List.of(backup.seen())));

    assertThat(points(during, "pgtopo_replication_slot_active")).isEqualTo(1);
    assertThat(names(during)).containsExactlyElementsOf(names(before));
  }

  private static List<String> names(MetricSnapshots metrics) {
    return metrics.stream()
        .flatMap(
            family ->
                family.getDataPoints().stream()
                    .map(point -> family.getMetadata().getName() + point.getLabels()))
        .sorted()
        .toList();
  }

  @Test
  void what_is_not_known_has_no_series() {
    var metrics = TopologyMetrics.render(World.lasting(Stories.allUnreachable()));

    for (var name :
        List.of(
            "pgtopo_timeline_id",
            "pgtopo_wal_lsn_bytes",
            "pgtopo_cluster_primaries",
            "pgtopo_instance",
            "pgtopo_replication_replay_lag_bytes")) {
      assertThat(points(metrics, name)).as(name).isZero();
    }
    assertThat(points(metrics, "pgtopo_up")).isEqualTo(4);
  }

  @Test
  void there_are_no_more_series_than_the_document_says() {
    var fleet = Fleet.snapshot(250);
    var views = ClusterView.of(fleet);
    var most = 0;
    for (var view : views) {
      var slots =
          view.members().stream()
              .flatMap(member -> member.live().stream())
              .mapToInt(live -> live.facts().replication().slots().size())
              .sum();
      most +=
          18 * view.members().size()
              + 14 * view.links().size()
              + 2 * (view.members().size() - 1)
              + 6 * slots
              + 4
              + 2 * (DriftKind.values().length - 1)
              + (int) (2 * view.drifts().count() + view.unverifiable().count());
    }

    var series =
        TopologyMetrics.render(fleet).stream()
            .mapToInt(family -> family.getDataPoints().size())
            .sum();

    assertThat(series).isBetween(most * 8 / 10, most);
  }

  @Test
  void a_render_that_fails_leaves_what_pgtopo_says_of_itself() {
    var good = World.lasting(Stories.healthy());
    var twice = List.of(good.observations().getFirst(), good.observations().getFirst());
    var broken =
        World.snapshot(
            good.window(),
            good.inventory(),
            twice,
            good.topology(),
            World.history(Stories.healthy()));
    var counters = new Counters();

    var metrics = collect(broken, counters);

    assertThat(points(metrics, "pgtopo_up")).isZero();
    assertThat(points(metrics, "pgtopo_build")).isEqualTo(1);
    assertThat(counters.of(Counters.Event.RENDER_FAILED)).isEqualTo(1);
  }

  @Test
  void an_lsn_is_an_unsigned_number_of_bytes() {
    assertThat(Positions.bytes(Lsn.parse("0/5000060"))).isEqualTo(83_886_176.0);
    assertThat(Positions.bytes(Lsn.parse("FFFFFFFF/FFFFFFFF"))).isEqualTo(Math.pow(2, 64));
  }

  private static MetricSnapshots collect(Snapshot snapshot, Counters counters) {
    try (var meters = new Meters(counters, World.neverReloaded())) {
      return new MetricSnapshots(
          Stream.concat(
                  meters.topology(snapshot).stream(), meters.itself(Optional.of(snapshot)).stream())
              .toList());
    }
  }

  private static int points(MetricSnapshots metrics, String name) {
    return metrics.stream()
        .filter(family -> family.getMetadata().getName().equals(name))
        .mapToInt(family -> family.getDataPoints().size())
        .sum();
  }

  private static String base(MetricFamily family) {
    return family.exposed().replaceAll("(_total|_info)$", "");
  }

  private static List<String> documented(String line) {
    var cells = line.split("\\|", -1);
    return List.of(
        cells[1].strip().replace("`", ""),
        cells[2].strip(),
        cells[3].replace("`", "").replace(" ", ""));
  }

  private static List<String> written(MetricSnapshot measured) {
    var suffix = measured instanceof CounterSnapshot ? "_total" : "";
    return List.of(
        measured.getMetadata().getName() + suffix,
        measured.getClass().getSimpleName().replace("Snapshot", "").toLowerCase(Locale.ROOT),
        measured.getDataPoints().getFirst().getLabels().stream()
            .map(Label::getName)
            .collect(Collectors.joining(",")));
  }

  private static List<String> written(MetricFamily family) {
    return List.of(
        family.exposed(),
        family.type().name().toLowerCase(Locale.ROOT),
        String.join(",", family.labels()));
  }
}
