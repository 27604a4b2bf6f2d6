package io.pgtopo.exporter;

import io.javalin.http.Context;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The metrics in the format that is asked for: text 0.0.4, or OpenMetrics 1.0.0. */
final class Exposition {
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final PrometheusRegistry registry;

  Exposition(PrometheusRegistry registry) {
    this.registry = registry;
  }

  void answer(Context ctx) throws IOException {
    var writer = writer(ctx.header("Accept"));
    // The whole answer first: a failure half-way could not be told from a short answer.
    var body = new ByteArrayOutputStream();
    writer.write(body, registry.scrape());
    ctx.contentType(writer.getContentType());
    ctx.result(body.toByteArray());
  }

  /** Protobuf is preferred by whoever accepts it, but is not on the class path. */
  private ExpositionFormatWriter writer(@Nullable String accept) {
    var asked = formats.findWriter(accept);
    if (asked.isAvailable()) {
      return asked;
    }
    return accept != null && formats.getOpenMetricsTextFormatWriter().accepts(accept)
        ? formats.getOpenMetricsTextFormatWriter()
        : formats.getPrometheusTextFormatWriter();
  }
}
