package io.pgtopo.exporter.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of the demo while a split brain of real servers is staged. */
@Timeout(180)
class DemoPageIT {
  private static final Path PICTURE =
      Boolean.getBoolean("update.golden")
          ? Path.of("..", "docs", "images", "split-brain.webp")
          : Path.of("target", "page", "demo-split-brain.webp");

  private static final int WIDTH = 1180;

  private static DemoStory part(int from, int to) {
    var story = DemoStory.named("split-brain").orElseThrow();
    return new DemoStory(story.name(), story.summary(), story.steps().subList(from, to));
  }

  @Test
  void a_promotion_is_seen_without_a_reload_and_the_one_to_keep_is_named()
      throws IOException, InterruptedException {
    var out = new StringWriter();
    try (var browser = Browser.start();
        var demo =
            Demo.start(Postgres.newest(), RealServers.context(), new PrintWriter(out, true))) {
      browser.look(WIDTH, 640, "light");
      browser.open(demo.url() + "/#/cluster/pg-test");
      browser.awaitText(".badge", "healthy");
      browser.evaluate("void (window.isTheSame = true)");

      demo.stage(part(0, 1));
      browser.awaitText(".split", "Keep pg-test-1.");
      browser.screenshot(PICTURE, WIDTH, 1160);

      assertThat(browser.text(".card.primary .name").lines().map(String::strip))
          .containsExactly("pg-test-1", "pg-test-2");
      assertThat(browser.text(".sides .decides")).startsWith("1 ✓");

      demo.stage(part(1, 2));
      browser.awaitText(".badge", "in sync");
      assertThat(browser.text(".changes")).contains("pg-test-2 promoted", "pg-test-2 demoted");
      assertThat(browser.evaluate("window.isTheSame").asBoolean()).isTrue();
      assertThat(browser.complaints()).isEmpty();
    }
    assertThat(out.toString()).contains("watch it in a browser: http://127.0.0.1:");
  }
}
