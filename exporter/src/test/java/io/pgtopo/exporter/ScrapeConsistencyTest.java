package io.pgtopo.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
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
import org.junit.jupiter.api.Test;

class ScrapeConsistencyTest {
  private static final int SCRAPERS = 8;
  private static final int SCRAPES = 200;

  private record Scrape(double snapshotTime, double reachable, double linkCount) {}

  @Test
  void no_scrape_mixes_two_snapshots() throws InterruptedException, ExecutionException {
    var one = World.firstSight(Stories.healthy());
    var other = World.lasting(Stories.primaryKilled());
    var current = new AtomicReference<>(one);
    var metrics =
        new TopologyMetrics(
            new Latest(
                () -> Optional.of(current.get()), () -> Duration.ofDays(1), () -> World.START),
            new Tally(),
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
        new Latest(() -> Optional.of(snapshot), () -> Duration.ofDays(1), () -> World.START);
    return read(new TopologyMetrics(latest, new Tally(), World.neverReloaded()).collect());
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
}
