package io.pgtopo.exporter.metrics;

import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.World;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class MetricsGoldenTest {
  private static final ExpositionFormats FORMATS = ExpositionFormats.init();

  @TestFactory
  Stream<DynamicTest> the_metrics_of_every_story_are_as_kept() {
    return World.stories()
        .flatMap(
            story ->
                Stream.of(
                    test(
                        story.getKey() + ".txt",
                        FORMATS.getPrometheusTextFormatWriter(),
                        TopologyMetrics.render(story.getValue())),
                    test(
                        story.getKey() + ".openmetrics.txt",
                        FORMATS.getOpenMetricsTextFormatWriter(),
                        TopologyMetrics.render(story.getValue()))));
  }

  private static DynamicTest test(
      String name, ExpositionFormatWriter format, MetricSnapshots metrics) {
    return DynamicTest.dynamicTest(
        name, () -> Golden.assertEqual("metrics-" + name, write(format, metrics)));
  }

  private static String write(ExpositionFormatWriter format, MetricSnapshots metrics)
      throws IOException {
    var out = new ByteArrayOutputStream();
    format.write(out, metrics);
    return out.toString(StandardCharsets.UTF_8);
  }
}
