package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An agent in worlds that hold more than is declared. */
class CrawlTest {
  private static final Crawl ON = new Crawl(List.of(), 64);
  private static final Window WINDOW = new Window(Stage.START, Stage.START);

  /** A world, and an agent in it that knows only what is declared. */
  private static final class World implements AutoCloseable {
    private final Map<Endpoint, Observation> truth = new TreeMap<>();
    private final Collection<Endpoint> polled = new ConcurrentLinkedQueue<>();
    private final Collection<String> lookups = new ConcurrentLinkedQueue<>();
    private final Agent agent;

    World(String yaml, Crawl crawl, Map<String, List<String>> names) {
      var story = Story.parse(yaml);
      change(yaml);
      Function<String, List<String>> lookup =
          host -> {
            lookups.add(host);
            return names.getOrDefault(host, List.of());
          };
      agent =
          new Agent(
              story.inventory(),
              Policy.NONE,
              this::observe,
              Duration.ofSeconds(20),
              new Hysteresis(Duration.ZERO),
              () -> Stage.START,
              new Agent.Horizon(crawl, lookup),
              snapshot -> {});
    }

    World(String yaml, Crawl crawl) {
      this(yaml, crawl, Map.of());
    }

    /** From now on the servers are those of another story. */
    final void change(String yaml) {
      var story = Story.parse(yaml);
      truth.clear();
      new Stage(story.cast())
          .observations(story.phases().getFirst())
          .forEach(seen -> truth.put(seen.endpoint(), seen));
    }

    private Observation observe(Endpoint endpoint) {
      polled.add(endpoint);
      return truth.getOrDefault(
          endpoint,
          new Observation.Unreachable(
              endpoint, WINDOW, Failure.of(Failure.Kind.REFUSED, "connection refused")));
    }

    Snapshot cycle() throws InterruptedException {
      polled.clear();
      return agent.cycle();
    }

    List<String> polled() {
      return new TreeSet<>(polled).stream().map(Endpoint::toString).toList();
    }

    @Override
    public void close() {
      agent.close();
    }
  }

  private static List<String> members(Snapshot snapshot) {
    return snapshot.topology().instances().keySet().stream().map(Endpoint::toString).toList();
  }

  private static List<String> drifts(Snapshot snapshot) {
    return snapshot.drifts().stream()
        .map(tracked -> tracked.drift().kind().label() + " " + tracked.drift().subject())
        .toList();
  }

  private static String story(String inventory, String... observed) {
    return """
        story: A story for a test.
        inventory: { pg-test: { pg-test-1: %s } }
        undeclared: { pg-test-2: 10.1.0.2, pg-test-3: 10.1.0.3, pg-test-4: 10.1.0.4, pg-far-5: 10.9.9.9, pg-pub-6: 203.0.113.7 }
        phases:
          - say: So it is.
            at: 0s
            observe:
              %s
            expect: { roles: [] }
        """
        .formatted(inventory, String.join("\n      ", observed));
  }

  private static final String TREE =
      story(
          "replica",
          "pg-test-1: { recovery: 0/5, walreceiver: pg-test-2, walsenders: [pg-test-4] }",
          "pg-test-2: { production: 0/5, system: 7000, walsenders: [pg-test-1, pg-test-3] }",
          "pg-test-3: { recovery: 0/5, system: 7000, walreceiver: pg-test-2 }",
          "pg-test-4: { recovery: 0/5, system: 7000, walreceiver: pg-test-1 }");

  @Test
  void one_seed_is_enough_to_see_a_whole_tree_in_one_cycle() throws Exception {
    try (var world = new World(TREE, ON)) {
      var snapshot = world.cycle();

      assertThat(members(snapshot))
          .containsExactly("10.1.0.1:5432", "10.1.0.2:5432", "10.1.0.3:5432", "10.1.0.4:5432");
      assertThat(drifts(snapshot))
          .containsExactly(
              "undeclared_instance 10.1.0.2:5432",
              "undeclared_instance 10.1.0.3:5432",
              "undeclared_instance 10.1.0.4:5432");
      assertThat(world.cycle().topology()).isEqualTo(snapshot.topology());
    }
  }

  @Test
  void an_agent_that_may_not_crawl_polls_declared_servers_alone() throws Exception {
    try (var world = new World(TREE, Crawl.OFF)) {
      world.cycle();

      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
    }
  }

  @Test
  void a_replica_outside_of_the_networks_is_polled_only_if_they_are_widened() throws Exception {
    var far =
        story(
            "primary",
            "pg-test-1: { production: 0/5, walsenders: [pg-far-5] }",
            "pg-far-5: { recovery: 0/5, system: 7000, walreceiver: pg-test-1 }");
    try (var world = new World(far, ON)) {
      assertThat(drifts(world.cycle()))
          .containsExactly("undeclared_instance 10.9.9.9 \"pg-far-5\"");
      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
    }
    var wide = new Crawl(List.of(Network.parse("10.0.0.0/8").orElseThrow()), 64);
    try (var world = new World(far, wide)) {
      assertThat(drifts(world.cycle())).containsExactly("undeclared_instance 10.9.9.9:5432");
      assertThat(world.polled()).containsExactly("10.1.0.1:5432", "10.9.9.9:5432");
    }
  }

  @Test
  void a_replica_at_a_public_address_is_followed_only_if_the_user_says_so() throws Exception {
    var open =
        story(
                "primary",
                "pg-test-1: { production: 0/5, walsenders: [pg-pub-6] }",
                "pg-pub-6: { recovery: 0/5, system: 7000, walreceiver: pg-test-1 }")
            .replace("10.1.0.2", "203.0.113.2");
    var declaredThere = open.replace("{ pg-test-1: primary }", "{ pg-test-1: primary }");
    var network = List.of(Network.parse("203.0.113.0/24").orElseThrow());
    try (var world = new World(declaredThere, new Crawl(network, 64))) {
      assertThat(drifts(world.cycle())).containsExactly("undeclared_instance 203.0.113.7:5432");
    }
    try (var world = new World(declaredThere, ON)) {
      world.cycle();
      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
    }
  }

  @Test
  void backups_archivers_and_subscriptions_lead_nowhere() throws Exception {
    var clients =
        story(
            "primary",
            "pg-test-1:",
            "  production: 0/5",
            "  walsenders:",
            "    - { name: pg_basebackup, from: 10.1.0.2, state: backup }",
            "    - { name: pg_receivewal, from: 10.1.0.3, replays: none }",
            "    - { name: pg_receivewal, from: 10.1.0.3, replays: none, state: catchup }",
            "    - { name: sub, from: 10.1.0.4, logical: sub }");
    try (var world = new World(clients, ON)) {
      world.cycle();

      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
    }
  }

  @Test
  void a_guess_that_failed_is_left_alone_for_a_while_and_then_made_again() throws Exception {
    var deaf = story("primary", "pg-test-1: { production: 0/5, walsenders: [pg-test-2] }");
    try (var world = new World(deaf, ON)) {
      assertThat(drifts(world.cycle()))
          .containsExactly("undeclared_instance 10.1.0.2 \"pg-test-2\"");
      assertThat(world.polled()).containsExactly("10.1.0.1:5432", "10.1.0.2:5432");
      for (var i = 0; i < 60; i++) {
        world.cycle();
        assertThat(world.polled()).containsExactly("10.1.0.1:5432");
      }

      world.cycle();

      assertThat(world.polled()).containsExactly("10.1.0.1:5432", "10.1.0.2:5432");
    }
  }

  @Test
  void a_guessed_port_with_another_system_identifier_proves_nothing() throws Exception {
    var other =
        story(
            "primary",
            "pg-test-1: { production: 0/5, walsenders: [pg-test-2] }",
            "pg-test-2: { production: 0/5, system: 1 }");
    try (var world = new World(other, ON)) {
      var snapshot = world.cycle();

      assertThat(members(snapshot)).containsExactly("10.1.0.1:5432");
      assertThat(drifts(snapshot)).containsExactly("undeclared_instance 10.1.0.2 \"pg-test-2\"");
    }
  }

  @Test
  void a_found_server_is_remembered_while_it_is_silent_and_forgotten_in_the_end() throws Exception {
    try (var world = new World(TREE, ON)) {
      world.cycle();
      world.change(story("replica", "pg-test-1: { recovery: 0/5, walreceiver: none }"));
      for (var i = 0; i <= 60; i++) {
        assertThat(members(world.cycle())).containsExactly("10.1.0.1:5432");
        assertThat(world.polled()).contains("10.1.0.2:5432");
      }

      world.cycle();
      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
      // One more poll, since the first that does not find a drift may be wrong.
      assertThat(drifts(world.cycle())).containsExactly("replica_detached pg-test-1");
    }
  }

  @Test
  void a_host_name_is_resolved_and_its_address_is_checked_and_polled() throws Exception {
    var named =
        story(
            "replica",
            "pg-test-1: { recovery: 0/5, walreceiver: { upstream: 'db.example:5432', started: 5s } }",
            "pg-test-2: { production: 0/5, system: 7000, walsenders: [{ name: pg-test-1, started: 5.003s }] }");
    try (var world = new World(named, ON, Map.of("db.example", List.of("10.1.0.2")))) {
      assertThat(drifts(world.cycle())).containsExactly("undeclared_instance 10.1.0.2:5432");
      assertThat(world.polled()).containsExactly("10.1.0.1:5432", "10.1.0.2:5432");
    }
    try (var world = new World(named, ON, Map.of("db.example", List.of("203.0.113.7")))) {
      world.cycle();
      assertThat(world.polled()).containsExactly("10.1.0.1:5432");
      assertThat(world.lookups).containsExactly("db.example");
    }
  }

  @Test
  void a_loopback_address_is_on_its_reporters_host_and_never_the_agents_own() throws Exception {
    var local =
        story(
            "replica",
            "pg-test-1: { recovery: 0/5, walreceiver: '127.0.0.1:5433', walsenders: [{ name: x, from: 127.0.0.1 }] }");
    var everywhere = new Crawl(List.of(Network.parse("0.0.0.0/0").orElseThrow()), 64);
    try (var world = new World(local, everywhere)) {
      world.cycle();

      assertThat(world.polled()).containsExactly("10.1.0.1:5432", "10.1.0.1:5433");
    }
  }

  @Test
  void no_more_servers_are_polled_than_the_limit_allows() throws Exception {
    var many =
        story(
            "primary",
            "pg-test-1:",
            "  production: 0/5",
            "  walsenders:",
            IntStream.range(10, 30)
                .mapToObj("    - { name: walreceiver, from: 10.1.0.%d }"::formatted)
                .reduce((some, more) -> some + "\n      " + more)
                .orElseThrow());
    try (var world = new World(many, new Crawl(List.of(), 5))) {
      world.cycle();

      assertThat(world.polled()).hasSize(6);
    }
  }

  @Test
  void a_load_balancer_is_found_out_when_a_server_comes_back() throws Exception {
    var one = balanced("7s", "/pg/one");
    var other = balanced("9s", "/pg/two");
    try (var world = new World(one, ON)) {
      assertThat(drifts(world.cycle())).isEmpty();
      world.change(other);
      assertThat(drifts(world.cycle())).isEmpty();
      world.change(one);
      world.cycle();

      assertThat(drifts(world.cycle()))
          .containsExactly("shared_address pg-test-1", "unverifiable pg-test");
    }
  }

  @Test
  void a_server_that_restarts_again_and_again_is_no_load_balancer() throws Exception {
    try (var world = new World(balanced("1s", "/pg/data"), ON)) {
      world.cycle();
      for (var start : Stream.of("2s", "3s").toList()) {
        world.change(balanced(start, "/pg/data"));
        assertThat(drifts(world.cycle())).isEmpty();
      }
      for (var start : Stream.of("4s", "5s").toList()) {
        world.change(balanced(start, "/pg/data"));
        assertThat(drifts(world.cycle())).containsExactly("restart_loop pg-test-1");
      }
    }
  }

  private static String balanced(String started, String directory) {
    return story(
        "primary",
        "pg-test-1: { production: 0/5, started: %s, data_directory: %s }"
            .formatted(started, directory));
  }
}
