package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How long the page takes for fleets of different size, and what an open page costs the agent;
 * target/page/speed.txt has the numbers. The limits are wide, since other tests use the processors
 * too. A cluster has four servers, so the largest fleet has 5,000.
 */
@Timeout(1200)
class PageSpeedIT {
  private static final int MOST_MILLIS = 5000;
  private static final int WARM_CYCLES = Integer.getInteger("page.warm", 3);
  private static final int CYCLES = Integer.getInteger("page.cycles", 5);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** The fleet is read whole so often, since lags grow without an event. */
  private static final int CYCLES_PER_WHOLE_FLEET = 6;

  /** A page that nobody sees asks nothing by itself, but its events go on. */
  private static final String LATER =
      """
      (() => {
        Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        const now = performance.now.bind(performance);
        performance.now = () => now() + 31000;
      })()""";

  /** Of one cycle, in milliseconds of a processor. */
  private record Cost(double mainThread, double agent) {
    double shareOfCore() {
      return 100 * agent / INTERVAL.toMillis();
    }
  }

  private final Browser browser;
  private final List<String> lines = new ArrayList<>();

  PageSpeedIT() throws IOException {
    browser = Browser.start();
    browser.look(1280, 900, "light");
  }

  @Test
  void a_thousand_clusters_are_shown_and_updated_in_time() throws IOException {
    try (browser) {
      for (var clusters : new int[] {1, 100, 1250}) {
        measure(clusters);
      }
    }
    var report = Path.of("target", "page", "speed.txt");
    Files.createDirectories(report.getParent());
    Files.write(report, lines);
    assertThat(lines).hasSize(3);
  }

  private void measure(int clusters) {
    var healthy = Fleet.snapshot(clusters);
    var promoted = Fleet.snapshot(clusters, Stories.promotedByHand());
    IntFunction<Snapshot> changing =
        cycle -> Fleet.later(cycle % 2 == 0 ? promoted : healthy, INTERVAL.multipliedBy(cycle));
    IntFunction<Snapshot> unchanged = cycle -> Fleet.later(healthy, INTERVAL.multipliedBy(cycle));
    try (var site = new Site(healthy.inventory())) {
      site.show(healthy, Duration.ofSeconds(1));
      open(site, "");
      var painted = painted();

      var change = cost(site, changing, false);
      var whole = cost(site, unchanged, true);
      open(site, "#/cluster/pg-0");
      var cluster = cost(site, unchanged, false);
      browser.open("about:blank");

      assertThat(painted).isLessThan(MOST_MILLIS);
      assertThat(whole.mainThread()).isLessThan(MOST_MILLIS);
      var fleet = new Cost(0, change.agent() + whole.agent() / CYCLES_PER_WHOLE_FLEET);
      lines.add(
          ("%d clusters: painted after %d ms; main thread: a change %.1f ms, all anew %.1f ms, an open"
                  + " cluster %.1f ms; the agent: %.2f %% of a core for the fleet, %.2f %% for a"
                  + " cluster")
              .formatted(
                  clusters,
                  painted,
                  change.mainThread(),
                  whole.mainThread(),
                  cluster.mainThread(),
                  fleet.shareOfCore(),
                  cluster.shareOfCore()));
    }
  }

  private void open(Site site, String hash) {
    browser.open("about:blank");
    browser.open(site.url() + "/" + hash);
    browser.await("document.querySelector('.fleet li, .card') && document.querySelector('.fresh')");
  }

  /** When the fleet was on the screen: the first large paint after it was drawn, if any came. */
  private long painted() {
    return browser
        .evaluate(
            """
            new Promise(done => {
              const drawn = performance.getEntriesByName('shown')[0].startTime;
              new PerformanceObserver(list => list.getEntries().filter(it => it.startTime >= drawn).forEach(it => done(it.startTime)))
                .observe({ type: 'largest-contentful-paint', buffered: true });
              setTimeout(() => done(drawn), 2000);
            })""")
        .asLong();
  }

  /** Of one cycle, with what the page does after it; without what the measuring itself costs. */
  private Cost cost(Site site, IntFunction<Snapshot> cycles, boolean isWholeOld) {
    run(site, cycles, 0, WARM_CYCLES, isWholeOld);
    var busy = browser.busy();
    var used = used();
    run(site, cycles, WARM_CYCLES, CYCLES, isWholeOld);
    var agent = used().minus(used);
    var page = browser.busy().minus(busy);
    used = used();
    busy = browser.busy();
    for (var cycle = 0; cycle < CYCLES; cycle++) {
      browser.await("true");
    }
    return new Cost(
        perCycle(page.minus(browser.busy().minus(busy))),
        perCycle(agent.minus(used().minus(used))));
  }

  private static double perCycle(Duration all) {
    return Math.max(0, all.toNanos() / 1e6 / CYCLES);
  }

  /** Shows each when the page has drawn the one before. */
  private void run(
      Site site, IntFunction<Snapshot> cycles, int first, int count, boolean isWholeOld) {
    for (var cycle = first; cycle < first + count; cycle++) {
      if (isWholeOld) {
        // By the clock of the page: nobody waits for it here.
        browser.evaluate(LATER);
      }
      browser.evaluate("performance.clearMeasures()");
      site.show(cycles.apply(cycle), Duration.ofSeconds(1));
      browser.await("performance.getEntriesByName('update').length > 0");
    }
  }

  private static Duration used() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
