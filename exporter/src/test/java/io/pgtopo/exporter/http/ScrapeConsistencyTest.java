package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.metrics.TopologyMetrics;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SnapshotReport;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ScrapeConsistencyTest {
  private static final int SCRAPERS = 8;
  private static final int HTTP_SCRAPES = 500;

  private static String text(Snapshot snapshot, ExpositionFormatWriter format) throws IOException {
    var out = new ByteArrayOutputStream();
    format.write(out, TopologyMetrics.render(snapshot));
    return out.toString(StandardCharsets.UTF_8).replace("# EOF\n", "");
  }

  /** What a client asks for, and how all answers to it begin, one for each snapshot. */
  private record Asked(String path, String accept, String coding, List<String> beginnings) {}

  private static Asked metrics(String accept, String coding, ExpositionFormatWriter format)
      throws IOException {
    return new Asked(
        "/metrics", accept, coding, List.of(text(HEALTHY, format), text(KILLED, format)));
  }

  private static List<Asked> asked() throws IOException {
    var formats = ExpositionFormats.init();
    var text = formats.getPrometheusTextFormatWriter();
    var open = formats.getOpenMetricsTextFormatWriter();
    return List.of(
        metrics("text/plain", "identity", text),
        metrics("text/plain", "gzip", text),
        metrics("application/openmetrics-text; version=1.0.0", "gzip", open),
        new Asked(
            "/api/v1/snapshot",
            "*/*",
            "identity",
            Stream.of(HEALTHY, KILLED).map(shown -> Json.text(SnapshotReport.of(shown))).toList()));
  }

  /** Of the same moment, so that neither is ever too old. */
  private static final Snapshot HEALTHY = World.firstSight(Stories.healthy());

  private static final Snapshot KILLED = World.firstSight(Stories.primaryKilled());

  @Test
  void under_continuous_change_every_answer_is_that_of_one_snapshot_to_the_last_byte()
      throws IOException, InterruptedException, ExecutionException {
    var isOver = new AtomicBoolean();
    try (var site = new Site();
        var client = HttpClient.newHttpClient();
        var scrapers = Executors.newVirtualThreadPerTaskExecutor()) {
      site.show(HEALTHY, Duration.ofSeconds(1));
      var changing =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (var i = 0; !isOver.get(); i++) {
                      site.show(i % 2 == 0 ? KILLED : HEALTHY, Duration.ofSeconds(1));
                    }
                  });
      var tasks = new ArrayList<Callable<List<Integer>>>();
      for (var round = 0; round < SCRAPERS / 4; round++) {
        for (var asked : asked()) {
          tasks.add(() -> ask(client, site, asked));
        }
      }
      var seen = new ArrayList<Integer>();
      for (var scraper : scrapers.invokeAll(tasks)) {
        seen.addAll(scraper.get());
      }
      isOver.set(true);
      changing.join();

      assertThat(seen).hasSize(SCRAPERS * HTTP_SCRAPES).contains(0, 1).doesNotContain(-1);
    }
  }

  private static List<Integer> ask(HttpClient client, Site site, Asked asked)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(site.url() + asked.path()))
            .header("Accept", asked.accept())
            .header("Accept-Encoding", asked.coding())
            .build();
    var seen = new ArrayList<Integer>();
    for (var i = 0; i < HTTP_SCRAPES; i++) {
      var body = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      var plain = asked.coding().equals("gzip") ? unzipped(body) : body;
      var text = new String(plain, StandardCharsets.UTF_8);
      var which = asked.beginnings().stream().filter(text::startsWith).findFirst();
      seen.add(which.map(asked.beginnings()::indexOf).orElse(-1));
    }
    return seen;
  }

  private static byte[] unzipped(byte[] body) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}
