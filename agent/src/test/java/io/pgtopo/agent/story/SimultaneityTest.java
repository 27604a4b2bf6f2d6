package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an agent reports after a second poll confirms a suspicion, or does not. */
class SimultaneityTest {
  private static final String BEFORE =
      story(
          "pg-test-1: { production: 0/5, started: 1s, walsenders: [pg-test-2] }",
          "pg-test-2: { recovery: 0/5, started: 2s, walreceiver: pg-test-1 }");
  private static final String AFTER =
      story(
          "pg-test-1: { recovery: 0/6, started: 9s, timeline: 2, walreceiver: pg-test-2 }",
          "pg-test-2: { production: 0/6, promoted: 0/5, started: 2s, timeline: 2, walsenders: [pg-test-1] }");
  private static final String BOTH =
      story(
          "pg-test-1: { production: 0/5, started: 1s }",
          "pg-test-2: { production: 0/6, promoted: 0/5, started: 2s, timeline: 2 }");
  private static final Window WINDOW = new Window(Stage.START, Stage.START);

  private static String story(String... observed) {
    return """
        story: A story for a test.
        inventory: { pg-test: { pg-test-1: primary, pg-test-2: replica } }
        phases:
          - say: So it is.
            at: 0s
            observe:
              %s
            expect: { roles: [] }
        """
        .formatted(String.join("\n      ", observed));
  }

  private static Map<Endpoint, Observation> world(String yaml) {
    var story = Story.parse(yaml);
    return new Stage(story.cast())
        .observations(story.phases().getFirst()).stream()
            .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
  }

  /** One cycle, in which each poll of a server gets the next of its states. */
  private static Snapshot cycle(Map<String, List<String>> worlds, Map<Endpoint, Integer> polls)
      throws InterruptedException {
    try (var agent =
        new Agent(
            inventory(),
            Policy.NONE,
            endpoint -> {
              var turn = polls.merge(endpoint, 1, Integer::sum) - 1;
              var met = worlds.getOrDefault(endpoint.host(), List.of());
              return turn < met.size() && world(met.get(turn)).containsKey(endpoint)
                  ? world(met.get(turn)).getOrDefault(endpoint, gone(endpoint))
                  : gone(endpoint);
            },
            Duration.ofSeconds(20),
            new Hysteresis(Duration.ZERO),
            () -> Stage.START,
            new Agent.Horizon(Crawl.OFF, host -> List.of()),
            snapshot -> {})) {
      return agent.cycle();
    }
  }

  private static Inventory inventory() {
    return Story.parse(BEFORE).inventory();
  }

  private static Observation gone(Endpoint endpoint) {
    return new Observation.Unreachable(
        endpoint, WINDOW, Failure.of(Failure.Kind.REFUSED, "connection refused"));
  }

  private static List<String> drifts(Snapshot snapshot) {
    return snapshot.drifts().stream()
        .map(
            tracked ->
                tracked.state().label()
                    + " "
                    + tracked.drift().kind().label()
                    + " "
                    + tracked.drift().subject())
        .toList();
  }

  private static Stream<String> proof(Snapshot snapshot) {
    var text = new DriftText(AddressBook.of(inventory()));
    return snapshot.drifts().stream().flatMap(tracked -> text.evidence(tracked.drift()).stream());
  }

  @Test
  void a_switchover_seen_at_two_moments_is_no_split_brain_even_without_hysteresis()
      throws Exception {
    var worlds = Map.of("10.1.0.1", List.of(BEFORE, AFTER), "10.1.0.2", List.of(AFTER, AFTER));

    var snapshot = cycle(worlds, new ConcurrentHashMap<>());

    assertThat(drifts(snapshot)).containsExactly("firing role_swapped pg-test");
  }

  @Test
  void a_switchover_that_shows_no_primary_is_polled_once_more_too() throws Exception {
    var worlds = Map.of("10.1.0.1", List.of(AFTER, AFTER), "10.1.0.2", List.of(BEFORE, AFTER));

    var snapshot = cycle(worlds, new ConcurrentHashMap<>());

    assertThat(drifts(snapshot)).containsExactly("firing role_swapped pg-test");
  }

  @Test
  void two_primaries_in_both_polls_are_in_production_at_once() throws Exception {
    var worlds = Map.of("10.1.0.1", List.of(BOTH, BOTH), "10.1.0.2", List.of(BOTH, BOTH));
    var polls = new ConcurrentHashMap<Endpoint, Integer>();

    var snapshot = cycle(worlds, polls);

    assertThat(drifts(snapshot))
        .containsExactly("firing multiple_primaries pg-test", "firing role_mismatch pg-test-2");
    assertThat(proof(snapshot))
        .contains(
            "in production at the same time: all were polled twice, and none restarted in between");
    assertThat(polls.values()).containsOnly(2);
  }

  @Test
  void a_primary_that_restarted_between_the_polls_proves_no_overlap() throws Exception {
    var restarted = BOTH.replace("started: 1s", "started: 9s");
    var worlds = Map.of("10.1.0.1", List.of(BOTH, restarted), "10.1.0.2", List.of(BOTH, BOTH));

    var snapshot = cycle(worlds, new ConcurrentHashMap<>());

    assertThat(drifts(snapshot)).contains("firing multiple_primaries pg-test");
    assertThat(proof(snapshot)).noneMatch(line -> line.startsWith("in production at once"));
  }

  @Test
  void a_primary_that_is_gone_at_the_second_poll_does_not_compete() throws Exception {
    var worlds = Map.of("10.1.0.1", List.of(BOTH), "10.1.0.2", List.of(BOTH, BOTH));

    var snapshot = cycle(worlds, new ConcurrentHashMap<>());

    assertThat(drifts(snapshot))
        .containsExactly(
            "firing no_standby pg-test",
            "firing instance_unreachable pg-test-1",
            "firing role_mismatch pg-test-2");
  }

  @Test
  void a_cluster_that_is_as_declared_is_polled_once() throws Exception {
    var worlds = Map.of("10.1.0.1", List.of(BEFORE), "10.1.0.2", List.of(BEFORE));
    var polls = new ConcurrentHashMap<Endpoint, Integer>();

    assertThat(drifts(cycle(worlds, polls))).isEmpty();
    assertThat(polls.values()).containsOnly(1);
  }
}
