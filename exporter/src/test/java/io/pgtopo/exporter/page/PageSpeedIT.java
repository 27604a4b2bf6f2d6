package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How long the page takes for fleets of different size; target/page/speed.txt has the numbers. The
 * limits are wide, since other tests use the processors too.
 */
@Timeout(120)
class PageSpeedIT {
  private static final int MOST_MILLIS = 5000;

  @Test
  void a_thousand_clusters_are_shown_and_updated_in_time() throws IOException {
    var lines = new ArrayList<String>();
    try (var browser = Browser.start()) {
      for (var clusters : new int[] {1, 100, 1000}) {
        lines.add(measured(browser, clusters));
      }
    }
    var report = Path.of("target", "page", "speed.txt");
    Files.createDirectories(report.getParent());
    Files.write(report, lines);
    assertThat(lines).hasSize(3);
  }

  private static String measured(Browser browser, int clusters) {
    var fleet = Fleet.snapshot(clusters);
    try (var site = new Site()) {
      site.show(fleet, Duration.ofSeconds(1));
      browser.look(1280, 900, "light");
      browser.open(site.url() + "/");
      browser.await(
          "document.querySelectorAll('.fleet li').length > 0 && document.querySelector('.fresh')");
      var shown = browser.evaluate("performance.getEntriesByName('shown')[0].startTime").asLong();

      // Subscribers learn of all clusters again after they knew nothing.
      site.show(fleet, Site.LIMIT.plusSeconds(1));
      browser.awaitText("#banner", "knows nothing");
      site.show(fleet, Duration.ofSeconds(1));
      browser.await("performance.getEntriesByName('update').length > 0");
      var update = browser.evaluate("performance.getEntriesByName('update')[0].duration").asLong();
      var cycle = browser.evaluate("performance.getEntriesByName('cycle')[0].duration").asLong();
      browser.open("about:blank");
      assertThat(shown).isLessThan(MOST_MILLIS);
      assertThat(update).isLessThan(MOST_MILLIS);
      return "%d clusters: shown after %d ms, update %d ms of the main thread, %d ms with its request"
          .formatted(clusters, shown, update, cycle);
    }
  }
}
