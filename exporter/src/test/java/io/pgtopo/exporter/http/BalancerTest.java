package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.ThisNode;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.runtime.OwnInstance;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What load balancers receive about the instance on this machine. */
class BalancerTest {
  private static final Duration NOW = Duration.ofSeconds(1);

  private final Site site = new Site();

  @AfterEach
  void close() {
    site.close();
  }

  private void show(Snapshot snapshot, String own) {
    site.show(snapshot, NOW);
    site.isAt(own);
  }

  private String answers() throws IOException, InterruptedException {
    var statuses = new StringBuilder();
    for (var path : List.of("/primary", "/replica", "/read-only", "/health")) {
      statuses.append(site.get(path).statusCode()).append(' ');
    }
    return statuses.toString().strip();
  }

  private String reason(String path) throws IOException, InterruptedException {
    var answer = site.get(path);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    return answer.body();
  }

  @Test
  void a_primary_and_a_replica_are_distinguished() throws IOException, InterruptedException {
    show(World.lasting(Stories.healthy()), "pg-test-1");
    assertThat(answers()).isEqualTo("200 503 200 200");
    assertThat(reason("/replica")).contains("pg-test-1: it is a primary");

    site.isAt("pg-test-2");
    assertThat(answers()).isEqualTo("503 200 200 200");
    assertThat(reason("/primary")).contains("pg-test-2: it is a replica");
  }

  @Test
  void the_answer_says_how_old_it_is() throws IOException, InterruptedException {
    show(World.lasting(Stories.healthy()), "pg-test-1");

    var answer = site.get("/primary");

    assertThat(answer.body()).contains("\"instance\" : \"pg-test-1\"", "\"role\" : \"primary\"");
    assertThat(answer.headers().firstValue("X-Pgtopo-Observed-At"))
        .hasValue("2026-11-22T10:00:00.004Z");
    assertThat(answer.headers().firstValue("X-Pgtopo-Age")).hasValue("61");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void head_and_options_are_answered_as_get_is() throws IOException, InterruptedException {
    show(World.lasting(Stories.healthy()), "pg-test-1");

    for (var method : List.of("HEAD", "OPTIONS")) {
      assertThat(site.send(method, "/primary").statusCode()).as(method).isEqualTo(200);
      assertThat(site.send(method, "/replica").statusCode()).as(method).isEqualTo(503);
    }
    assertThat(site.send("HEAD", "/primary").body()).isEmpty();
    assertThat(Wire.ask(site.port(), "OPTIONS /primary HTTP/1.0\r\n\r\n")).contains(" 200 ");
    assertThat(site.send("POST", "/primary").statusCode()).isEqualTo(405);
    assertThat(site.send("OPTIONS", "/metrics").statusCode()).isEqualTo(405);
  }

  @Test
  void nothing_is_claimed_of_an_unknown_instance() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), NOW);
    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(reason("/primary")).contains("set instance");

    site.isAt("pg-test-9");
    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(reason("/primary")).contains("it is not declared");
  }

  @Test
  void nothing_is_claimed_before_the_first_cycle_or_long_after_the_last()
      throws IOException, InterruptedException {
    site.isAt("pg-test-1");
    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(reason("/health")).contains("no cycle has ended yet");

    site.show(World.lasting(Stories.healthy()), Site.RECENT);
    assertThat(answers()).isEqualTo("200 503 200 200");

    site.pass(Duration.ofMillis(1));
    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(site.get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void an_instance_that_does_not_answer_is_nothing() throws IOException, InterruptedException {
    show(World.lasting(Stories.primaryKilled()), "pg-test-1");

    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(reason("/primary")).contains("it did not answer: refused");
  }

  @Test
  void a_named_instance_is_checked_wherever_the_agent_runs()
      throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), NOW);

    assertThat(site.get("/primary?instance=pg-test-1").statusCode()).isEqualTo(200);
    assertThat(site.get("/replica?instance=pg-test-2&lag=1GB").statusCode()).isEqualTo(200);
    assertThat(reason("/primary?instance=pg-test-2")).contains("pg-test-2: it is a replica");
    var absent = site.get("/primary?instance=pg-test-9");
    assertThat(absent.statusCode()).isEqualTo(404);
    assertThat(absent.body()).contains("no instance of this name is declared");
    assertThat(site.get("/primary?instance=").statusCode()).isEqualTo(404);
  }

  @Test
  void a_server_that_refuses_new_sessions_is_out_but_a_full_one_stays_in()
      throws IOException, InterruptedException {
    show(World.lasting(refusing(Failure.Kind.HUNG)), "pg-test-1");
    assertThat(answers()).isEqualTo("503 503 503 503");
    assertThat(reason("/primary")).contains("pg-test-1: it refuses new connections: hung");

    show(World.lasting(refusing(Failure.Kind.TOO_MANY_CONNECTIONS)), "pg-test-1");
    assertThat(answers()).isEqualTo("200 503 200 200");
  }

  /** The primary answers by a session that it has, and fails a new one. */
  private static List<Observation> refusing(Failure.Kind kind) {
    return Stories.healthy().stream()
        .map(
            seen ->
                seen.endpoint().equals(World.endpoint(1))
                        && seen instanceof Observation.Reachable answered
                    ? new Observation.Reachable(
                        answered.endpoint(),
                        answered.window(),
                        answered.facts(),
                        Optional.of(new Failure(kind, "no", Optional.empty())))
                    : seen)
        .toList();
  }

  @Test
  void of_two_primaries_the_older_one_gets_no_writes() throws IOException, InterruptedException {
    show(World.firstSight(Stories.promotedByHand()), "pg-test-1");
    assertThat(reason("/primary")).contains("this one is the older");
    assertThat(site.get("/read-only").statusCode()).isEqualTo(503);

    site.isAt("pg-test-2");
    assertThat(answers()).isEqualTo("200 503 200 200");
  }

  @Test
  void of_two_primaries_on_one_timeline_neither_gets_writes()
      throws IOException, InterruptedException {
    var twins =
        World.firstSight(
            List.of(
                Server.primary(1, "0/5000060", 1).seen(),
                Server.primary(2, "0/5000090", 1).seen()));
    for (var own : List.of("pg-test-1", "pg-test-2")) {
      show(twins, own);

      assertThat(reason("/primary")).contains("there are two primaries");
      assertThat(site.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_replica_that_is_too_far_behind_is_left_out_if_that_is_requested()
      throws IOException, InterruptedException {
    show(World.lasting(Stories.healthy()), "pg-test-3");
    assertThat(site.get("/replica?lag=1GB").statusCode()).isEqualTo(200);
    assertThat(site.get("/read-only?lag=1GB").statusCode()).isEqualTo(200);
    assertThat(reason("/replica?lag=0")).contains("it is 96 bytes behind");
    for (var wrong : List.of("-1", "1PB", "x", "", "9".repeat(16))) {
      assertThat(site.get("/replica?lag=" + wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(site.get("/replica?lag=999999999999999TB").statusCode()).isEqualTo(200);
    assertThat(site.get("/replica?host=10.0.0.1").statusCode()).isEqualTo(400);

    show(World.lasting(Stories.primaryKilled()), "pg-test-3");
    assertThat(site.get("/replica").statusCode()).isEqualTo(200);
    assertThat(reason("/replica?lag=1GB")).contains("its lag is unknown");

    show(World.lasting(Stories.healthy()), "pg-test-1");
    assertThat(site.get("/read-only?lag=0").statusCode()).isEqualTo(200);
  }

  @Test
  void the_own_instance_is_the_only_one_at_an_address_of_the_machine() {
    var here = Set.of(address("10.10.10.12"), address("127.0.0.1"));
    var two = Set.of(address("10.10.10.12"), address("10.10.10.13"));

    assertThat(OwnInstance.of(World.config(), here)).hasValue("pg-test-2");
    assertThat(OwnInstance.of(World.config(), two)).isEmpty();
    assertThat(OwnInstance.of(World.config(), Set.of())).isEmpty();
    assertThat(OwnInstance.of(named("pg-test-4"), here)).hasValue("pg-test-4");
    assertThat(ThisNode.addresses()).contains(address("127.0.0.1"));
  }

  private static IpAddress address(String text) {
    return IpAddress.parse(text).orElseThrow();
  }

  private static Config named(String instance) {
    var config = World.config();
    var settings = config.settings();
    return new Config(
        new Settings(
            settings.interval(),
            settings.deadline(),
            settings.tracking(),
            settings.crawl(),
            settings.services(),
            settings.connection(),
            new Web(settings.web().listen(), Optional.of(instance), List.of(), WebAccess.OPEN),
            settings.logFormat()),
        config.inventory(),
        Policy.NONE,
        Optional.empty(),
        List.of(),
        List.of());
  }
}
