package io.pgtopo.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.history.Change;
import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What pgtopo says of itself, beside the JVM's and the process's own metrics. */
class MetersTest {
  private static final ExpositionFormats FORMATS = ExpositionFormats.init();

  /** After a cycle that found the primary dead, with a pool for every server. */
  static MetricSnapshots rest() {
    var snapshot = World.lasting(Stories.primaryKilled());
    var counters = new Counters();
    try (var meters = new Meters(counters, World.neverReloaded());
        var probe = Main.context().probes().apply(World.config().settings())) {
      meters.add(probe.meters());
      counters.cycleEnded(snapshot);
      meters.cycleEnded(snapshot);
      return meters.itself(Optional.of(snapshot));
    }
  }

  private static String written(ExpositionFormatWriter format) throws IOException {
    var out = new ByteArrayOutputStream();
    format.write(out, rest());
    return out.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.matches("(# [A-Z]+ )?(pgtopo|hikaricp)_.*"))
        .filter(line -> !line.startsWith("pgtopo_build_info"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void what_it_says_of_itself_is_as_kept() throws IOException {
    Golden.assertEqual("metrics-itself.txt", written(FORMATS.getPrometheusTextFormatWriter()));
    Golden.assertEqual(
        "metrics-itself.openmetrics.txt", written(FORMATS.getOpenMetricsTextFormatWriter()));
  }

  @Test
  void a_change_is_counted_in_the_cycle_that_saw_it_and_not_again() {
    var counters = new Counters();
    var seen = World.firstSight(Stories.primaryKilled());
    var opened =
        seen.changes().stream().filter(it -> it.kind() == Change.Kind.DRIFT_OPENED).count();
    assertThat(opened).isPositive();

    counters.cycleEnded(seen);
    var fired = World.lasting(Stories.primaryKilled());
    assertThat(fired.changes()).containsAll(seen.changes());
    counters.cycleEnded(fired);

    assertThat(counters.of(Change.Kind.DRIFT_OPENED)).isEqualTo(opened);
    assertThat(counters.of(Change.Kind.DRIFT_FIRED)).isPositive();
    assertThat(counters.of(Change.Kind.PROMOTED)).isZero();
  }
}
