package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.metrics.TopologyMetrics;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SnapshotReport;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ScrapeConsistencyTest {
  private static final int SCRAPERS = 8;
  private static final int SCRAPES = 200;
  private static final int HTTP_SCRAPES = 500;

  private record Scrape(double snapshotTime, double reachable, double linkCount) {}

  @Test
  void no_scrape_mixes_two_snapshots() throws InterruptedException, ExecutionException {
    var one = World.firstSight(Stories.healthy());
    var other = World.lasting(Stories.primaryKilled());
    var current = new AtomicReference<>(one);
    var metrics =
        new TopologyMetrics(
            new LatestSnapshot(
                () -> Optional.of(current.get()), () -> Duration.ofDays(1), () -> World.START),
            new Counters(),
            World.neverReloaded());
    var isOver = new AtomicBoolean();
    var swapping =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!isOver.get()) {
                    current.updateAndGet(shown -> shown.equals(one) ? other : one);
                  }
                });

    var seen = scrapeInParallel(metrics);
    isOver.set(true);
    swapping.join();

    assertThat(seen).isSubsetOf(Set.of(expected(one), expected(other)));
  }

  private static Set<Scrape> scrapeInParallel(TopologyMetrics metrics)
      throws InterruptedException, ExecutionException {
    var tasks = new ArrayList<Callable<List<Scrape>>>();
    for (var i = 0; i < SCRAPERS; i++) {
      tasks.add(() -> scrape(metrics));
    }
    try (var scrapers = Executors.newFixedThreadPool(SCRAPERS)) {
      var seen = new ArrayList<Scrape>();
      for (var scraper : scrapers.invokeAll(tasks)) {
        seen.addAll(scraper.get());
      }
      return Set.copyOf(seen);
    }
  }

  private static List<Scrape> scrape(TopologyMetrics metrics) {
    var scrapes = new ArrayList<Scrape>();
    for (var i = 0; i < SCRAPES; i++) {
      scrapes.add(read(metrics.collect()));
    }
    return scrapes;
  }

  private static Scrape expected(Snapshot snapshot) {
    var latest =
        new LatestSnapshot(
            () -> Optional.of(snapshot), () -> Duration.ofDays(1), () -> World.START);
    return read(new TopologyMetrics(latest, new Counters(), World.neverReloaded()).collect());
  }

  private static Scrape read(MetricSnapshots metrics) {
    return new Scrape(
        sum(metrics, "pgtopo_snapshot_timestamp_seconds"),
        sum(metrics, "pgtopo_up"),
        sum(metrics, "pgtopo_replication_link"));
  }

  private static double sum(MetricSnapshots metrics, String name) {
    return metrics.stream()
        .filter(family -> family.getMetadata().getName().equals(name))
        .flatMap(family -> ((GaugeSnapshot) family).getDataPoints().stream())
        .collect(Collectors.summingDouble(point -> point.getValue()));
  }

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
