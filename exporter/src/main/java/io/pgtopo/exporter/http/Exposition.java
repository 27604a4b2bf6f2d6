package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.pgtopo.exporter.metrics.Meters;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.web.Rejection;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in the format that is asked for: text 0.0.4, or OpenMetrics 1.0.0. What is said of a
 * snapshot is written and compressed once for all scrapes of it.
 */
final class Exposition {
  private static final byte[] END = "# EOF\n".getBytes(StandardCharsets.US_ASCII);

  /** The first part of all answers of one format; its metrics tell whether it is still right. */
  private record Written(MetricSnapshots of, Gzip text, ResponseBudget.Text held) {}

  /** In which forms answers are asked for: a handful. */
  private record Asked(String contentType, boolean isCompressed) {}

  private record Answer(Gzip.Body body, ResponseBudget.Text held) {}

  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Meters meters;
  private final Counters counters;
  private final RenderLimit turns;
  private final ResponseBudget outgoing;
  private final Map<String, Written> written = new ConcurrentHashMap<>();
  private final Map<Asked, SingleFlight<Answer>> together = new ConcurrentHashMap<>();

  Exposition(Meters meters, Counters counters, RenderLimit turns, ResponseBudget outgoing) {
    this.outgoing = outgoing;
    this.meters = meters;
    this.counters = counters;
    this.turns = turns;
  }

  void answer(Context ctx) {
    var writer = writer(ctx.header("Accept"));
    var isCompressed = takesGzip(ctx.header("Accept-Encoding"));
    // The whole answer first: a failure half-way could not be told from a short answer.
    var answer = together(writer, isCompressed).take();
    if (answer.isEmpty()) {
      counters.count(Rejection.Reason.BUSY);
      HttpProblem.refuse(ctx, Rejection.busy());
      return;
    }
    ctx.disableCompression();
    ctx.header("Vary", "Accept, Accept-Encoding");
    if (isCompressed) {
      ctx.header("Content-Encoding", "gzip");
    }
    ctx.header("Content-Length", Long.toString(answer.get().body.length()));
    ctx.contentType(writer.getContentType());
    if (ctx.method().equals(HandlerType.HEAD)) {
      return;
    }
    outgoing.send(ctx, answer.get().held, answer.get().body.content());
  }

  private SingleFlight<Answer> together(ExpositionFormatWriter writer, boolean isCompressed) {
    return together.computeIfAbsent(
        new Asked(writer.getContentType(), isCompressed),
        unused -> new SingleFlight<>(turns, () -> answer(writer, isCompressed)));
  }

  private Answer answer(ExpositionFormatWriter writer, boolean isCompressed) {
    var scrape = meters.scrape();
    var first = first(writer, scrape.topology());
    var rest = write(writer, scrape.rest());
    return new Answer(
        isCompressed ? first.text.compressedWith(rest) : first.text.with(rest), first.held);
  }

  @SuppressWarnings("ReferenceEquality") // Equal metrics of another snapshot are written again.
  private Written first(ExpositionFormatWriter writer, MetricSnapshots topology) {
    return written.compute(
        writer.getContentType(),
        (type, known) ->
            known != null && known.of == topology
                ? known
                : written(topology, Gzip.of(withoutEnd(write(writer, topology)))));
  }

  private static Written written(MetricSnapshots of, Gzip text) {
    return new Written(of, text, new ResponseBudget.Text(text.bytes()));
  }

  private static byte[] withoutEnd(byte[] text) {
    var isEnded =
        text.length >= END.length
            && Arrays.equals(text, text.length - END.length, text.length, END, 0, END.length);
    return isEnded ? Arrays.copyOf(text, text.length - END.length) : text;
  }

  private static byte[] write(ExpositionFormatWriter writer, MetricSnapshots metrics) {
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, metrics);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  static boolean takesGzip(@Nullable String acceptEncoding) {
    return acceptEncoding != null
        && Arrays.stream(acceptEncoding.split(",", -1))
            .map(coding -> coding.replace(" ", ""))
            .anyMatch(
                coding ->
                    coding.equals("gzip")
                        || (coding.startsWith("gzip;q=") && !coding.matches("gzip;q=0(\\.0*)?")));
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
