package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page when something between it and the servers is broken, and where it is not a window. */
@Timeout(120)
class PageStatesIT {
  private static final Path PICTURES = Path.of("target", "page");
  private static final Duration NOW = Duration.ofSeconds(1);
  private static final String CLUSTER = "/#/cluster/pg-test";

  private Browser browser;

  @BeforeEach
  void startBrowser() throws IOException {
    browser = Browser.start();
    browser.look(1280, 900, "light");
  }

  @AfterEach
  void stopBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void without_a_stream_of_events_the_page_polls_and_says_so() {
    try (var site = new Site()) {
      site.show(World.firstSight(Stories.healthy()), NOW);
      browser.block("*/api/v1/events");
      browser.open(site.url() + CLUSTER);
      browser.awaitText("#freshness", "polling · data is ");
      browser.awaitText(".card", "pg-test-1");

      site.show(World.lasting(Stories.splitBrain()), NOW);
      browser.awaitText(".split", "Two servers of pg-test accept writes");
      assertThat(browser.text("#freshness")).startsWith("polling · data is ");
      assertThat(browser.text("#banner")).isEmpty();
      browser.open("about:blank");
    }
  }

  @Test
  void an_agent_that_is_gone_leaves_a_picture_that_says_how_old_it_is() throws IOException {
    var site = new Site();
    try {
      site.show(World.lasting(Stories.healthy()), NOW);
      browser.open(site.url() + CLUSTER);
      browser.awaitText(".card", "pg-test-1");
      browser.awaitText("#freshness", "live · data is ");
    } finally {
      site.close();
    }

    browser.awaitText("#banner", "What is shown was true ");
    browser.awaitText("#freshness", "stale · data is ");
    assertThat(browser.evaluate("document.body.classList.contains('stale')").asBoolean()).isTrue();
    browser.screenshot(PICTURES.resolve("agent-gone.png"));
  }

  @Test
  void an_agent_that_is_cut_off_says_so_above_every_view() throws IOException {
    var isolated = Fleet.isolated(6);
    try (var site = new Site(isolated.inventory())) {
      site.show(isolated, NOW);
      for (var view : List.of("/", "/#/cluster/pg-0/pg-0-2", "/#/cluster/pg-3")) {
        browser.open("about:blank");
        browser.open(site.url() + view);
        browser.awaitText("#alone", "The agent is isolated");
        browser.await("document.querySelector('#main h1')");
      }
      // What could not be verified is drawn and named as that, and never as a drift.
      browser.await(
          "document.querySelectorAll('.lanes i.unverified[title*=\"unverifiable\"]').length > 3");
      assertThat(browser.text(".lanes")).doesNotContain(": instance unreachable");
      assertThat(browser.text(".changes")).doesNotContain(": instance unreachable");
      browser.screenshot(PICTURES.resolve("agent-isolated.png"));

      site.show(Fleet.snapshot(6), NOW);
      browser.await("document.querySelector('#alone').textContent === ''");
      browser.open("about:blank");
    }
  }

  @Test
  void on_paper_there_is_no_control_and_nothing_is_cut_off() throws IOException {
    try (var site = new Site()) {
      site.show(World.lasting(Stories.splitBrain()), NOW);
      browser.look(794, 1123, "light");
      browser.open(site.url() + CLUSTER);
      browser.awaitText(".split", "Keep pg-test-1.");
      browser.print();
      browser.await("getComputedStyle(document.querySelector('.top')).display === 'none'");

      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(794);
      assertThat(
              browser
                  .evaluate(
                      "[...document.querySelectorAll('button, input, select, .menu')].filter(it => it.checkVisibility()).length")
                  .asInt())
          .isZero();
      browser.screenshot(PICTURES.resolve("split-brain-print.png"));
      browser.open("about:blank");
    }
  }
}
