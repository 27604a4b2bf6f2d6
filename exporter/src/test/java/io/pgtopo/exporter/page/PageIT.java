package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a real browser. It leaves a picture of each state in target/page. */
@Timeout(240)
class PageIT {
  private static final Path PICTURES = Path.of("target", "page");
  private static final Duration NOW = Duration.ofSeconds(1);
  private static final List<String> HASHES =
      List.of("", "#/cluster/pg-test", "#/cluster/pg-test/pg-test-2");
  private static final List<String> VIEWS = List.of("fleet", "cluster", "instance");
  private static final List<Integer> WIDTHS = List.of(360, 1100, 1600, 2560);

  private static Browser browser;

  private final Site site = new Site();

  @BeforeAll
  static void startBrowser() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void close() {
    browser.open("about:blank");
    site.close();
  }

  private static Stream<Map.Entry<String, Snapshot>> states() {
    var split = World.lasting(Stories.splitBrain());
    return Stream.concat(
        World.stories(),
        Stream.of(
            Map.entry("split-brain", split),
            Map.entry(
                "maintenance", World.judged(World.lasting(Stories.primaryKilled()), maintained())),
            Map.entry("empty", empty())));
  }

  private static Policy maintained() {
    return new Policy(
        Policy.NONE.everywhere(),
        Policy.NONE.clusters(),
        List.of(),
        List.of(
            new Maintenance(
                "pg-test",
                Optional.empty(),
                World.START.plus(Duration.ofHours(2)),
                "dba@example.com",
                "kernel upgrade")));
  }

  private static Snapshot empty() {
    var nothing = new Inventory(List.of());
    return World.snapshot(
        World.CYCLE,
        nothing,
        List.of(),
        Inference.infer(List.of(), AddressBook.of(nothing)),
        History.starting(new Hysteresis(Duration.ZERO)));
  }

  private void open(String hash) {
    browser.open("about:blank");
    browser.open(site.url() + "/" + hash);
  }

  /** The states that are looked at in every window, light and dark. */
  private static final Set<String> EVERYWHERE =
      Set.of("healthy", "split-brain", "primary-killed", "maintenance", "empty");

  @Test
  void every_state_is_drawn_within_the_window_and_by_the_rules_of_the_policy() throws IOException {
    for (var state : states().toList()) {
      site.show(state.getValue(), NOW);
      var isEmpty = state.getValue().inventory().clusters().isEmpty();
      for (var hash : isEmpty ? List.of("") : HASHES) {
        var name = state.getKey() + "-" + VIEWS.get(HASHES.indexOf(hash));
        for (var width : EVERYWHERE.contains(state.getKey()) ? WIDTHS : List.of(1100)) {
          picture(name, hash, width, "light");
          if (EVERYWHERE.contains(state.getKey())) {
            picture(name, hash, width, "dark");
          }
        }
      }
    }
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).allMatch(PageIT::isLocal);
  }

  private static boolean isLocal(String request) {
    return request.startsWith("http://127.0.0.1:")
        || request.startsWith("blob:")
        || request.equals("about:blank");
  }

  private void picture(String name, String hash, int width, String scheme) throws IOException {
    browser.look(width, 900, scheme);
    open(hash);
    browser.await(
        "document.querySelector('#main h1, #main .fleet') && document.querySelector('.fresh')");
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .as("%s in a window of %d", name, width)
        .isLessThanOrEqualTo(width);
    browser.screenshot(PICTURES.resolve("%s-%d-%s.png".formatted(name, width, scheme)));
  }
}
