package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One cluster has data that pgtopo has no answer for. All others are as they are without it. */
class WallsTest {
  private static final int WORLDS = 200;
  private static final int CYCLES = 3;
  private static final String POISONED = "pg-2";

  @Test
  void random_rows_of_one_cluster_change_nothing_of_the_others() throws Exception {
    var caught = 0;
    for (var seed = 0; seed < WORLDS; seed++) {
      var world = RandomWorld.ofClusters(5, seed);
      var truth = byEndpoint(world.observations());
      var poisoned = poisoned(world, truth, new Random(seed));

      var sound = snapshots(world, truth, WallsTest::words);
      var walled = snapshots(world, poisoned, WallsTest::words);

      assertThat(others(walled)).as("seed %d", seed).isEqualTo(others(sound));
      caught += failed(walled.getLast()).isEmpty() ? 0 : 1;
    }
    assertThat(caught).as("worlds in which something threw").isGreaterThan(WORLDS / 10);
  }

  @Test
  void a_cluster_that_cannot_be_shown_is_not_evaluated() throws Exception {
    var world = RandomWorld.ofClusters(5, 1);
    var truth = byEndpoint(world.observations());
    Consumer<Snapshot> show =
        snapshot ->
            world
                .inventory()
                .instances()
                .filter(it -> it.cluster().equals(POISONED))
                .filter(it -> snapshot.topology().at(it.endpoint()).isPresent())
                .findFirst()
                .ifPresent(
                    it -> {
                      throw new IllegalStateException("a bug");
                    });

    var walled = snapshots(world, truth, show);

    assertThat(others(walled)).isEqualTo(others(snapshots(world, truth, snapshot -> {})));
    assertThat(failed(walled.getLast())).containsExactly(POISONED);
    assertThat(walled.getLast().drifts())
        .extracting(open -> open.drift().kind())
        .isNotEmpty()
        .containsOnly(DriftKind.UNVERIFIABLE);
  }

  @Test
  void several_clusters_may_fail_at_once() throws Exception {
    var world = RandomWorld.ofClusters(9, 2);
    var truth = byEndpoint(world.observations());
    var bad = Set.of("pg-0", "pg-3", "pg-4", "pg-8");
    Consumer<Snapshot> show =
        snapshot ->
            world
                .inventory()
                .instances()
                .filter(it -> bad.contains(it.cluster()))
                .filter(it -> snapshot.topology().at(it.endpoint()).isPresent())
                .findAny()
                .ifPresent(
                    it -> {
                      throw new IllegalStateException("a bug");
                    });

    assertThat(failed(snapshots(world, truth, show).getLast())).isEqualTo(new TreeSet<>(bad));
  }

  /** All text that is made of a snapshot. */
  private static void words(Snapshot snapshot) {
    var words = new DriftText(snapshot.addresses());
    snapshot.drifts().forEach(open -> words.sentence(open.drift()));
    snapshot.topology().instances().values().forEach(it -> DriftText.position(it.facts()));
  }

  private static Map<Endpoint, Observation> poisoned(
      RandomWorld world, Map<Endpoint, Observation> truth, Random random) {
    var members =
        world
            .inventory()
            .instances()
            .filter(it -> it.cluster().equals(POISONED))
            .map(Instance::endpoint)
            .toList();
    var member = members.get(random.nextInt(members.size()));
    var poisoned = new HashMap<>(truth);
    if (truth.get(member)
        instanceof Observation.Reachable(var at, var window, var facts, var why)) {
      new Poison(random)
          .in(facts)
          .ifPresent(it -> poisoned.put(at, new Observation.Reachable(at, window, it, why)));
    }
    return poisoned;
  }

  private static List<Snapshot> snapshots(
      RandomWorld world, Map<Endpoint, Observation> seen, Consumer<Snapshot> trial)
      throws InterruptedException {
    var snapshots = new ArrayList<Snapshot>();
    try (var agent =
        new Agent(
            world.inventory(),
            Policy.NONE,
            endpoint -> Objects.requireNonNull(seen.get(endpoint)),
            Duration.ofSeconds(60),
            new Hysteresis(Duration.ZERO),
            () -> Instant.parse("2026-01-01T00:00:00Z"),
            new Agent.Horizon(Crawl.OFF, host -> List.of()),
            trial)) {
      for (var cycle = 0; cycle < CYCLES; cycle++) {
        snapshots.add(agent.cycle());
      }
    }
    return snapshots;
  }

  private static Map<Endpoint, Observation> byEndpoint(List<Observation> observations) {
    return observations.stream()
        .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
  }

  private static Set<String> failed(Snapshot snapshot) {
    return snapshot
        .inventory()
        .instances()
        .filter(
            it -> {
              var failure = snapshot.topology().unreachable().get(it.endpoint());
              return failure != null && failure.kind() == Failure.Kind.AGENT_BUG;
            })
        .map(Instance::cluster)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** All that is said of the other clusters. */
  private static List<String> others(List<Snapshot> snapshots) {
    return snapshots.stream().flatMap(snapshot -> others(snapshot).stream()).toList();
  }

  private static List<String> others(Snapshot snapshot) {
    var answers = new ArrayList<String>();
    snapshot.judgement().drifts().stream()
        .filter(it -> !it.drift().subject().cluster().equals(POISONED))
        .forEach(it -> answers.add(it.toString()));
    snapshot.judgement().verdicts().stream()
        .filter(it -> !it.cluster().equals(POISONED))
        .forEach(it -> answers.add(it.toString()));
    snapshot.changes().stream()
        .filter(it -> it.subject().filter(about -> about.cluster().equals(POISONED)).isEmpty())
        .forEach(it -> answers.add(it.toString()));
    snapshot.inventory().clusters().stream()
        .filter(it -> !it.name().equals(POISONED))
        .forEach(it -> answers.add(it.name() + snapshot.compared().evaluatedIn(it)));
    snapshot
        .inventory()
        .instances()
        .filter(it -> !it.cluster().equals(POISONED))
        .forEach(it -> answers.add(String.valueOf(snapshot.topology().at(it.endpoint()))));
    return answers;
  }
}
