package io.pgtopo.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private static final int SCRAPERS = 8;
  private static final int SCRAPES = 200;
  private static final ExpositionFormatWriter TEXT =
      ExpositionFormats.init().getPrometheusTextFormatWriter();

  private final AtomicReference<Snapshot> current =
      new AtomicReference<>(World.firstSight(Stories.healthy()));
  private final Counters counters = new Counters();
  private final Meters meters = new Meters(counters, World.neverReloaded());
  private final Exposition exposition =
      new Exposition(
          new LatestSnapshot(
              () -> Optional.of(current.get()), () -> Duration.ofDays(1), () -> World.START),
          meters);

  private record Scrape(double snapshotTime, double reachable, double linkCount) {}

  @AfterEach
  void close() {
    meters.close();
  }

  private <T> List<T> inParallel(Callable<T> scrape)
      throws InterruptedException, ExecutionException {
    try (var scrapers = Executors.newFixedThreadPool(SCRAPERS)) {
      var all = new ArrayList<T>();
      for (var scraped : scrapers.invokeAll(Collections.nCopies(SCRAPERS, scrape))) {
        all.add(scraped.get());
      }
      return all;
    }
  }

  private Scrape scrape() throws IOException {
    var body = exposition.scrape(TEXT, SharedText.Coding.IDENTITY).open().readAllBytes();
    var text = new String(body, StandardCharsets.UTF_8);
    return new Scrape(
        sum(text, "pgtopo_snapshot_timestamp_seconds"),
        sum(text, "pgtopo_up"),
        sum(text, "pgtopo_replication_link"));
  }

  private static double sum(String text, String family) {
    return text.lines()
        .filter(line -> line.startsWith(family + " ") || line.startsWith(family + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void no_scrape_mixes_two_snapshots()
      throws IOException, InterruptedException, ExecutionException {
    var one = current.get();
    var other = World.lasting(Stories.primaryKilled());
    var ofOne = scrape();
    current.set(other);
    var ofOther = scrape();
    var isOver = new AtomicBoolean();
    var swapping =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!isOver.get()) {
                    current.updateAndGet(shown -> shown.equals(one) ? other : one);
                  }
                });

    var seen =
        inParallel(
            () -> {
              var scrapes = new HashSet<Scrape>();
              for (var i = 0; i < SCRAPES; i++) {
                scrapes.add(scrape());
              }
              return scrapes;
            });
    isOver.set(true);
    swapping.join();

    assertThat(ofOne).isNotEqualTo(ofOther);
    assertThat(seen).allSatisfy(it -> assertThat(it).isSubsetOf(Set.of(ofOne, ofOther)));
  }

  @Test
  void scrapes_of_one_snapshot_share_its_text_and_those_of_the_next_do_not()
      throws InterruptedException, ExecutionException {
    Callable<SharedText> scrape = () -> exposition.scrape(TEXT, SharedText.Coding.GZIP).shared();

    var shared = inParallel(scrape);
    current.set(World.firstSight(Stories.healthy()));
    var next = inParallel(scrape);

    assertThat(Set.copyOf(shared)).hasSize(1);
    assertThat(Set.copyOf(next)).hasSize(1).doesNotContainAnyElementsOf(shared);
  }

  @Test
  void a_snapshot_that_cannot_be_rendered_is_tried_once_and_the_next_one_is_shown()
      throws IOException {
    var good = current.get();
    var twice = List.of(good.observations().getFirst(), good.observations().getFirst());
    current.set(
        World.snapshot(
            good.window(),
            good.inventory(),
            twice,
            good.topology(),
            World.history(Stories.healthy())));

    assertThat(scrape().reachable()).isZero();
    assertThat(scrape().reachable()).isZero();
    assertThat(counters.of(Counters.Event.RENDER_FAILED)).isEqualTo(1);

    current.set(good);
    assertThat(scrape().reachable()).isEqualTo(4);
  }
}
