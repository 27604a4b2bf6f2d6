package io.pgtopo.exporter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.testing.Browser;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the page does while it is open. */
@Timeout(120)
class PageLiveIT {
  private static final Duration NOW = Duration.ofSeconds(1);

  /** How the border of the card that has the focus is drawn. */
  private static final String FOCUS =
      "getComputedStyle(document.activeElement.querySelector('.box')).outlineStyle";

  private static final String CLUSTER = "#/cluster/pg-test";

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

  @BeforeEach
  void size() {
    browser.look(1280, 900, "light");
  }

  @AfterEach
  void close() {
    browser.open("about:blank");
    site.close();
  }

  private void open(String hash, Snapshot shown) {
    site.show(shown, NOW);
    browser.open(site.url() + "/" + hash);
    browser.await(
        "document.querySelector('#main h1, #main .fleet') && document.querySelector('.fresh')");
  }

  private static String card(String name) {
    return "[...document.querySelectorAll('.card')].find(it => it.textContent.startsWith(%s))"
        .formatted(Browser.quoted(name + " "));
  }

  @Test
  void a_promotion_is_one_movement_of_the_same_card_without_a_reload() {
    open(CLUSTER, World.lasting(Stories.healthy()));
    browser.await(card("pg-test-2"));
    browser.evaluate(
        "void (window.mine = [...document.querySelectorAll('.place')].find(it => it.dataset.key.startsWith('10.10.10.12')))");
    var before = browser.evaluate("mine.style.transform").asText();

    site.show(World.lasting(Stories.splitBrain()), NOW);
    browser.awaitText(".split", "Keep pg-test-1.");

    assertThat(browser.evaluate("mine.isConnected").asBoolean()).isTrue();
    assertThat(browser.evaluate("mine.style.transform").asText()).isNotEqualTo(before);
    assertThat(browser.evaluate(card("pg-test-2") + ".textContent").asText())
        .isEqualTo(
            "pg-test-2 PRIMARY 10.10.10.12:5432 · v18.6 · tl 2 writes at 0/5000160 ⬣ one of 2 primaries");
    assertThat(browser.evaluate(card("pg-test-1") + ".textContent").asText())
        .endsWith("one of 2 primaries: keep");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_split_brain_shows_which_server_to_keep_why_and_what_not_to_do() {
    open(CLUSTER, World.lasting(Stories.splitBrain()));
    browser.awaitText(".split", "Keep pg-test-1.");

    assertThat(browser.text(".split .verdict"))
        .isEqualTo(
            "Keep pg-test-1. All evidence is in favour of it: it alone has client sessions. Verify that your applications write there."
                + "\nThe 256 B of WAL that only pg-test-2 has stays in the copy of its data directory only.");
    assertThat(browser.text(".split .todo li").lines())
        .containsExactly(
            "Keep clients away from pg-test-2.",
            "Pause the HA manager, if there is one (Patroni: patronictl pause).",
            "Copy the data directory of each.",
            "Stop pg-test-2.",
            "Rebuild pg-test-2 from pg-test-1 as a replica.",
            "Resume the HA manager.");
    assertThat(browser.text(".split .avoid li").lines())
        .containsExactly(
            "Do not rewind, reinit or promote any of them before the data directory of each is copied.",
            "Do not start a stopped one again as it is: it would be a second primary again.");
    assertThat(browser.text(".fork text")).isEqualTo("fork at 0/5000060: timeline 2 left 1");
  }

  @Test
  void an_incident_is_told_in_the_order_in_which_it_happened_and_its_link_keeps_it() {
    open(CLUSTER, World.lasting(Stories.splitBrain()));
    browser.awaitText(".history", "The newest first.");
    browser.evaluate(
        "void (() => { const when = document.querySelector('.when'); when.selectedIndex = 1; when.dispatchEvent(new Event('change')); })()");
    browser.awaitText(".history", "In the order in which it happened.");

    assertThat(
            browser.text(".changes li > time").lines().map(line -> line.substring(0, 8)).toList())
        .hasSizeGreaterThan(3)
        .isSorted();
    assertThat(browser.text(".when option:checked")).contains("multiple primaries");
    var link = browser.evaluate("location.hash").asText();
    assertThat(link).startsWith(CLUSTER + "?at=");
    browser.open("about:blank");
    browser.open(site.url() + "/" + link);
    browser.awaitText(".history", "In the order in which it happened.");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_split_brain_that_the_evidence_does_not_decide_says_so() {
    open(CLUSTER, World.lasting(Stories.promotedByHand()));
    browser.awaitText(".split", "does not decide");

    assertThat(browser.text(".split")).doesNotContain("Keep pg-test");
    assertThat(browser.text(".split thead")).doesNotContainIgnoringCase("keep");
  }

  @Test
  void a_drift_that_flaps_is_shown_although_it_is_not_there_now() {
    var flapping =
        World.stories()
            .filter(story -> story.getKey().equals("flapping"))
            .findFirst()
            .orElseThrow();
    open(CLUSTER, flapping.getValue());
    browser.awaitText(".drift-part h2", "0 drifts, 1 flapping");

    assertThat(browser.text(".drift .badge")).isEqualTo("flapping");
    assertThat(browser.text(".lane-name.drifted")).contains("pg-test-4: instance unreachable");
    assertThat(browser.text(".calm")).isEmpty();
  }

  @Test
  void text_of_a_server_is_text() {
    var name = "<img src=x onerror=window.hacked=1>";
    open(
        CLUSTER,
        World.lasting(
            List.of(
                Server.primary(1, "0/5000060", 1).sendsTo("10.10.10.99", name).seen(),
                Stories.healthy().get(1),
                Stories.healthy().get(2),
                Stories.healthy().get(3))));
    browser.awaitText(".drift", name);
    browser.awaitText(".card .name", "10.10.10.99 \"<img");

    assertThat(browser.evaluate("document.querySelectorAll('main img').length").asInt()).isZero();
    assertThat(browser.evaluate("window.hacked === undefined").asBoolean()).isTrue();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_stale_picture_says_so_and_comes_alive_again() {
    open(CLUSTER, World.lasting(Stories.healthy()));
    assertThat(browser.text("#freshness")).isEqualTo("live · data is 1 s old");

    site.show(World.lasting(Stories.healthy()), Site.LIMIT.plusSeconds(4));
    browser.awaitText(
        "#banner", "The agent knows nothing now: the last cycle ended 34 seconds ago");
    assertThat(browser.evaluate("document.body.classList.contains('stale')").asBoolean()).isTrue();
    assertThat(browser.text("#freshness")).startsWith("stale");
    assertThat(browser.evaluate("Boolean(%s)".formatted(card("pg-test-1"))).asBoolean()).isTrue();

    site.show(World.lasting(Stories.healthy()), NOW);
    browser.await(
        "document.querySelector('.fresh') && !document.querySelector('#banner').textContent");
  }

  @Test
  void before_the_first_cycle_nothing_is_claimed() {
    browser.open(site.url() + "/" + CLUSTER);
    browser.awaitText("#main", "no cycle has ended yet");

    site.show(World.lasting(Stories.healthy()), NOW);
    browser.await(card("pg-test-1"));
  }

  @Test
  void a_cluster_that_is_not_declared_is_an_answer() {
    site.show(World.lasting(Stories.healthy()), NOW);
    browser.open(site.url() + "/#/cluster/pg-nope");
    browser.awaitText("#main h1", "Not declared");
  }

  @Test
  void all_of_it_can_be_done_by_keyboard() {
    open("", World.lasting(Stories.primaryKilled()));
    browser.press("/");
    browser.type("10.10.10.12");
    browser.awaitText(".fleet", "pg-test");
    browser.evaluate("document.querySelector('.fleet a').focus()");
    browser.press("Enter");
    browser.await(card("pg-test-1"));

    browser.evaluate("document.querySelector('.card').focus()");
    browser.press("ArrowDown");
    // A cycle draws the card anew.
    site.show(World.lasting(Stories.healthy()), NOW);
    browser.awaitText(".picture .card", "PRIMARY");
    assertThat(browser.evaluate(FOCUS).asText())
        .as("the focus stays, and is seen whatever else the colour of the card says")
        .isEqualTo("solid");
    assertThat(browser.evaluate("document.activeElement.textContent").asText())
        .startsWith("pg-test-2 replica");
    browser.press("Enter");
    browser.awaitText("h1", "pg-test-2");
    assertThat(browser.evaluate("location.hash").asText()).isEqualTo("#/cluster/pg-test/pg-test-2");
    assertThat(browser.text(".facts")).contains("pg_last_wal_replay_lsn()", "0/5000060");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_search_finds_instances_and_addresses_and_the_link_keeps_it() {
    open("", Fleet.snapshot(30));
    browser.evaluate("document.getElementById('search').focus()");
    browser.type("10.0.7.12");
    browser.await("document.querySelectorAll('.fleet li').length === 1");

    assertThat(browser.text(".fleet strong")).isEqualTo("pg-7");
    assertThat(browser.evaluate("location.hash").asText()).isEqualTo("#/?q=10.0.7.12");
    browser.evaluate(
        "[...document.querySelectorAll('.filters button')].find(it => it.textContent.startsWith('Maintenance')).click()");
    browser.awaitText(".empty", "No cluster matches");
  }

  @Test
  void what_a_login_may_not_see_is_named_with_the_grant() {
    open("#/cluster/pg-test/pg-test-3", World.lasting(Stories.plainLogin()));
    browser.awaitText(".hidden-facts pre", "GRANT pg_monitor TO dbuser_monitor;");

    assertThat(browser.text(".hidden-facts li"))
        .isEqualTo(
            "pg_read_all_stats: addresses, states and lag of walsenders, and all of walreceivers:"
                + " links are known by names at best");
    assertThat(fact("Upstream").get(1)).startsWith("hidden from the agent's role");
  }

  /** The cells of a fact of an instance: name, value, age and source. */
  private static List<String> fact(String name) {
    return browser
        .evaluate(
            "[...document.querySelectorAll('.facts tr')].filter(it => it.cells[0].textContent === %s).flatMap(it => [...it.cells].map(cell => cell.innerText)).join('|')"
                .formatted(Browser.quoted(name)))
        .asText()
        .transform(cells -> List.of(cells.split("\\|", -1)));
  }

  @Test
  void each_fact_of_an_instance_has_its_age_and_its_source() {
    open("#/cluster/pg-test/pg-test-2", World.lasting(Stories.healthy()));
    browser.awaitText(".facts", "Replayed");

    assertThat(fact("Replayed"))
        .satisfies(cells -> assertThat(cells.get(2)).matches("1 m \\d s"))
        .startsWith("Replayed", "0/5000060")
        .endsWith("pg_last_wal_replay_lsn()");
    assertThat(fact("Settings, databases, roles"))
        .startsWith("Settings, databases, roles", "read as dbuser_monitor")
        .endsWith("pg_settings, pg_database, pg_roles");
    assertThat(fact("Declared role"))
        .containsExactly("Declared role", "replica", "", "inventory: pg_role");
    assertThat(browser.evaluate("document.querySelectorAll('.hidden-facts').length").asInt())
        .isZero();
  }

  @Test
  void what_patroni_believes_is_drawn_where_the_server_reports_otherwise() {
    open(CLUSTER, World.besidePatroni(Stories.promotedByHand()));
    browser.awaitText(".tag", "Patroni says replica, ");

    assertThat(browser.evaluate("document.querySelectorAll('.tag').length").asInt()).isOne();
    assertThat(browser.evaluate(card("pg-test-2") + ".querySelector('.tag') !== null").asBoolean())
        .isTrue();
    browser.evaluate("void (location.hash = '#/cluster/pg-test/pg-test-2')");
    browser.awaitText(".facts", "Patroni says");
    assertThat(fact("Patroni says").get(1)).startsWith("replica, running, unchanged since");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_timeline_that_a_server_hides_is_unknown() {
    open(CLUSTER, World.lasting(Stories.timelineHidden()));
    browser.await(card("pg-test-3"));

    assertThat(browser.evaluate(card("pg-test-3") + ".textContent").asText()).contains(" · tl ? ");
    browser.evaluate("void (location.hash = '#/cluster/pg-test/pg-test-3')");
    browser.awaitText(".hidden-facts pre", "GRANT EXECUTE ON FUNCTION pg_control_checkpoint()");
    assertThat(fact("Timeline")).startsWith("Timeline", "?");
  }

  @Test
  void a_login_that_is_refused_is_said_and_the_picture_is_old() throws IOException {
    site.show(World.lasting(Stories.healthy()), NOW);
    var hash = OpenBSDBCrypt.generate("2y", new byte[] {'a'}, new byte[16], 4);
    var access =
        new WebAccess(
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>(Map.of("dba", new Secret(hash))),
            Optional.empty());
    try (var own = Browser.start()) {
      own.open(site.url() + "/" + CLUSTER);
      own.awaitText(".card", "pg-test-1");

      own.refuseLogins();
      site.filter().use(new Web(Web.DEFAULT.listen(), Optional.empty(), List.of(), access));
      site.show(World.lasting(Stories.splitBrain()), NOW);

      own.awaitText("#banner", "Log in again: the agent refuses this page");
      assertThat(own.text("#freshness")).isEqualTo("login required");
      assertThat(own.evaluate("document.body.classList.contains('stale')").asBoolean()).isTrue();
    }
  }

  @Test
  void the_tree_is_saved_as_a_picture() {
    open(CLUSTER, World.lasting(Stories.splitBrain()));
    browser.await(card("pg-test-1"));
    browser.evaluate(
        """
        void (() => {
          window.saved = [];
          const create = URL.createObjectURL;
          URL.createObjectURL = blob => { saved.push(blob); return create.call(URL, blob); };
          HTMLAnchorElement.prototype.click = () => {};
          for (const name of ['SVG', 'PNG'])
            [...document.querySelectorAll('.menu button')].find(it => it.textContent === name).click();
        })()""");
    browser.await("saved.some(it => it.type === 'image/png' && it.size > 5000)");

    assertThat(browser.evaluate("saved[0].text()").asText())
        .startsWith("<svg")
        .contains("pg-test-1", "fork at 0/5000060", "fill=\"rgb(")
        .doesNotContain("style=", "tabindex");
    assertThat(browser.complaints()).isEmpty();
  }
}
