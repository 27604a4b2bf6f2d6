package io.pgtopo.exporter.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.demo.DemoStory.Step;
import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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

  /** Keeps what is polled, what the page has read of it, and what that shows first as a primary. */
  private static final String WATCH =
      """
      void (() => {
        const place = [...document.querySelectorAll('.place')].find(it => it.textContent.startsWith('pg-test-2 '));
        window.seen = { place, before: place.style.transform, polls: [], read: null, moved: null };
        const stream = new EventSource('/api/v1/events');
        for (const event of ['snapshot', 'change', 'unchanged'])
          stream.addEventListener(event, message => seen.polls.push(JSON.parse(message.data).endedAt));
        const request = window.fetch;
        window.fetch = async (path, how) => {
          const answer = await request(path, how);
          if (path.startsWith('/api/v1/snapshot')) seen.read = (await answer.clone().json()).endedAt;
          return answer;
        };
        new MutationObserver(() => { if (place.querySelector('.card.primary')) seen.moved ??= seen.read; })
          .observe(place, { childList: true, subtree: true });
      })()""";

  private static DemoStory part(int step, Consumer<LabCluster> afterwards) {
    var story = DemoStory.named("split-brain").orElseThrow();
    var staged = story.steps().get(step);
    return new DemoStory(
        story.name(),
        story.summary(),
        List.of(new Step(staged.say(), staged.action().andThen(afterwards), staged.fires())));
  }

  @Test
  void a_promotion_moves_on_the_page_within_two_polls_and_the_one_to_keep_is_named()
      throws IOException, InterruptedException {
    var out = new StringWriter();
    try (var browser = Browser.start();
        var demo =
            Demo.start(Postgres.newest(), RealServers.context(), new PrintWriter(out, true))) {
      browser.look(WIDTH, 640, "light");
      browser.open(demo.url() + "/#/cluster/pg-test");
      browser.awaitText(".badge", "healthy");
      browser.evaluate(WATCH);

      var promoted = new AtomicReference<Instant>();
      demo.stage(part(0, cluster -> promoted.set(RealServers.context().clock().instant())));
      browser.awaitText(".split", "Keep pg-test-1.");
      browser.await("seen.moved && seen.polls.includes(seen.moved)");
      assertThat(
              browser
                  .evaluate(
                      "seen.polls.filter(it => Date.parse(it) > %d && Date.parse(it) <= Date.parse(seen.moved)).length"
                          .formatted(promoted.get().toEpochMilli()))
                  .asInt())
          .isLessThanOrEqualTo(2);
      assertThat(browser.evaluate("seen.place.isConnected").asBoolean()).isTrue();
      assertThat(browser.evaluate("seen.place.style.transform !== seen.before").asBoolean())
          .isTrue();
      browser.screenshot(PICTURE, WIDTH, 1160);

      assertThat(browser.text(".card.primary .name").lines().map(String::strip))
          .containsExactly("pg-test-1", "pg-test-2");
      assertThat(browser.text(".sides .decides")).startsWith("1 ✓");

      demo.stage(part(1, cluster -> {}));
      browser.awaitText(".badge", "in sync");
      browser.evaluate(
          "void (() => { const when = document.querySelector('.when'); when.selectedIndex = 1; when.dispatchEvent(new Event('change')); })()");
      assertThat(browser.text(".changes")).contains("pg-test-2 promoted", "pg-test-2 demoted");
      assertThat(browser.evaluate("seen.place.isConnected").asBoolean()).isTrue();
      assertThat(browser.complaints()).isEmpty();
    }
    assertThat(out.toString()).contains("watch it in a browser: http://127.0.0.1:");
  }
}
