package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logical links on the page. It leaves pictures of them in target/page. */
@Timeout(120)
class PageLogicalIT {
  private static final Path PICTURES = Path.of("target", "page");
  private static final Duration NOW = Duration.ofSeconds(1);

  private static String card(String name) {
    return "[...document.querySelectorAll('.card')].find(it => it.textContent.startsWith(%s))"
        .formatted(Browser.quoted(name + " "));
  }

  private static void open(Browser browser, Site site, String hash) {
    browser.open("about:blank");
    browser.open(site.url() + "/" + hash);
    browser.await("document.querySelector('#main h1') && document.querySelector('.fresh')");
  }

  @Test
  void a_logical_link_leads_to_the_cluster_of_its_other_end() throws IOException {
    var shown = Fleet.publishing();
    try (var browser = Browser.start();
        var site = new Site(shown.inventory())) {
      browser.look(1440, 900, "light");
      site.show(shown, NOW);
      open(browser, site, "#/cluster/pg-0");
      browser.await(card("pg-1-1"));

      assertThat(browser.evaluate(card("pg-1-1") + ".textContent").asText())
          .contains("cluster pg-1", "receives 2 subscriptions (orders, prices)");
      assertThat(browser.evaluate(card("10.10.10.98") + ".textContent").asText())
          .contains("Debezium", "client", "receives slot audit");
      assertThat(
              browser
                  .evaluate(
                      "[...document.querySelectorAll('.edge.logical title')].map(it => it.textContent).sort().join('|')")
                  .asText())
          .isEqualTo(
              "2 subscriptions (orders, prices), both ends, lag up to 1.0 MB|slot audit, one end, lag 16 MB");
      assertThat(browser.text(".legend")).contains("logical replication");

      browser.evaluate(card("pg-1-1") + ".dispatchEvent(new MouseEvent('click'))");
      browser.await("document.querySelector('h1').textContent === 'pg-1'");
      browser.await(card("pg-0-1"));
      assertThat(browser.evaluate(card("pg-0-1") + ".textContent").asText())
          .contains("cluster pg-0", "sends 2 subscriptions (orders, prices)");
      assertThat(
              browser
                  .evaluate(
                      "[...document.querySelectorAll('[aria-label=\"Logical replication\"] tbody tr')].map(it => [...it.cells].map(cell => cell.textContent).join(' ')).join('|')")
                  .asText())
          .isEqualTo(
              "pg-0-1 orders shop pg-1-1 orders of shop 96 B both ends"
                  + "|pg-0-1 prices shop pg-1-1 prices of shop 1.0 MB both ends"
                  + "|unknown stock  pg-1-1 stock of shop  no apply worker");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void logical_links_are_drawn_within_the_window() throws IOException {
    var shown = Fleet.publishing();
    try (var browser = Browser.start();
        var site = new Site(shown.inventory())) {
      site.show(shown, NOW);
      for (var width : new int[] {360, 1440, 1800}) {
        for (var scheme : new String[] {"light", "dark"}) {
          browser.look(width, 900, scheme);
          for (var view : new String[] {"pg-0", "pg-1", "pg-0/pg-0-1"}) {
            open(browser, site, "#/cluster/" + view);
            browser.await("document.querySelector('.card, .facts')");
            browser.evaluate(
                "document.querySelectorAll('.graph details:not(.menu)').forEach(it => { it.open = true; })");
            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .as("%s in a window of %d", view, width)
                .isLessThanOrEqualTo(width);
            browser.screenshot(
                PICTURES.resolve(
                    "logical-%s-%d-%s.png".formatted(view.replace('/', '-'), width, scheme)));
          }
        }
      }
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
