package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of axe-core on each view, light and dark. */
@Timeout(240)
class PageAccessibilityIT {
  private static final Path PACKAGES = Path.of("src", "test", "npm");
  private static final Path AXE = PACKAGES.resolve("node_modules/axe-core/axe.min.js");
  private static final Duration NOW = Duration.ofSeconds(1);

  /** By the lock file. */
  private static String axe() throws IOException, InterruptedException {
    if (!Files.exists(AXE)) {
      var log = Files.createTempFile("npm", ".log");
      Process npm;
      try {
        npm =
            new ProcessBuilder("npm", "ci")
                .directory(PACKAGES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
      } catch (IOException missing) {
        return abort("npm is not on the PATH");
      }
      assertThat(npm.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(npm.exitValue()).as(Files.readString(log)).isZero();
    }
    return Files.readString(AXE);
  }

  @Test
  void no_view_breaks_a_rule_of_accessibility() throws IOException, InterruptedException {
    var rules = axe();
    var states =
        Map.of(
            "healthy", World.lasting(Stories.healthy()),
            "split brain", World.lasting(Stories.splitBrain()),
            "primary killed", World.lasting(Stories.primaryKilled()),
            "subscribers", World.lasting(Stories.subscribers()),
            "rogue replica", World.lasting(Stories.rogueReplica()));
    var broken = new ArrayList<String>();
    try (var browser = Browser.start();
        var site = new Site()) {
      for (var state : states.entrySet()) {
        site.show(state.getValue(), NOW);
        for (var hash : List.of("", "#/cluster/pg-test", "#/cluster/pg-test/pg-test-2")) {
          for (var scheme : isSplit(state) ? List.of("light", "dark") : List.of("light")) {
            browser.look(1280, 900, scheme);
            browser.open("about:blank");
            browser.open(site.url() + "/" + hash);
            browser.await(
                "document.querySelector('#main h1, #main .fleet') && document.querySelector('.fresh')");
            browser.evaluate(
                "document.querySelectorAll('details').forEach(it => { it.open = true; })");
            browser.evaluate(rules + ";0");
            violations(browser)
                .forEach(it -> broken.add(state.getKey() + " " + hash + " " + scheme + ": " + it));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** It has the most colours. */
  private static boolean isSplit(Map.Entry<String, Snapshot> state) {
    return state.getKey().equals("split brain");
  }

  private static List<String> violations(Browser browser) {
    var found = new ArrayList<String>();
    for (JsonNode violation :
        browser.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(it => it.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)})))")) {
      found.add(violation.toString());
    }
    return found;
  }
}
