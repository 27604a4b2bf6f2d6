package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.pgtopo.exporter.metrics.Exposition;
import io.pgtopo.exporter.metrics.SharedText;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import org.eclipse.jetty.http.QuotedQualityCSV;
import org.jspecify.annotations.Nullable;

/** Answers scrapes in the format that the client accepts: text 0.0.4, or OpenMetrics 1.0.0. */
final class MetricsEndpoint {
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Exposition exposition;
  private final ResponseBudget budget;

  MetricsEndpoint(Exposition exposition, ResponseBudget budget) {
    this.exposition = exposition;
    this.budget = budget;
  }

  void show(Context ctx) {
    var format = format(ctx.header("Accept"));
    var coding = coding(ctx.header("Accept-Encoding"));
    // The whole body first: a failure half-way could not be distinguished from a short one.
    var body = budget.render(() -> exposition.scrape(format, coding));
    ctx.disableCompression();
    ctx.header("Vary", "Accept, Accept-Encoding");
    if (coding == SharedText.Coding.GZIP) {
      ctx.header("Content-Encoding", "gzip");
    }
    ctx.header("Content-Length", Long.toString(body.length()));
    ctx.contentType(format.getContentType());
    if (!ctx.method().equals(HandlerType.HEAD)) {
      budget.send(ctx, body.shared(), body.shared().bytes(), body.open());
    }
  }

  static SharedText.Coding coding(@Nullable String acceptEncoding) {
    var accepted = new QuotedQualityCSV();
    accepted.addValue(acceptEncoding);
    return accepted.getValues().contains("gzip")
        ? SharedText.Coding.GZIP
        : SharedText.Coding.IDENTITY;
  }

  /** Clients that accept Protobuf prefer it, but it is not on the class path. */
  private ExpositionFormatWriter format(@Nullable String accept) {
    var preferred = formats.findWriter(accept);
    if (preferred.isAvailable()) {
      return preferred;
    }
    return accept != null && formats.getOpenMetricsTextFormatWriter().accepts(accept)
        ? formats.getOpenMetricsTextFormatWriter()
        : formats.getPrometheusTextFormatWriter();
  }
}
