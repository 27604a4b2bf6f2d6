package io.pgtopo.agent.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.RandomWorld;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ComparisonTest {
  private static final Policy POLICY =
      new Policy(
          new Policy.Rating(Optional.empty(), new TreeMap<>(), Optional.of(0L), Optional.empty()),
          new TreeMap<>(),
          List.of(),
          List.of());

  private static Stream<DynamicTest> inEveryWorld(LongConsumer claim) {
    return LongStream.range(0, 50)
        .mapToObj(
            seed -> DynamicTest.dynamicTest("the world of seed " + seed, () -> claim.accept(seed)));
  }

  private static FleetContext fleet(RandomWorld world, Topology live) {
    return FleetContext.of(world.inventory(), live, POLICY, EarlierPoll.NONE);
  }

  private static Topology infer(RandomWorld world) {
    return Inference.infer(world.observations(), AddressBook.of(world.inventory()));
  }

  @TestFactory
  Stream<DynamicTest> the_order_of_rules_does_not_matter() {
    return inEveryWorld(ComparisonTest::shuffle);
  }

  private static void shuffle(long seed) {
    var world = RandomWorld.troubled(seed);
    var live = infer(world);
    var shuffled = new ArrayList<>(Comparison.RULES);
    Collections.shuffle(shuffled, new Random(seed));

    var result = Comparison.compare(world.inventory(), live, fleet(world, live), shuffled);

    assertThat(result)
        .isEqualTo(
            Comparison.compare(world.inventory(), live, fleet(world, live), Comparison.RULES));
  }

  @TestFactory
  Stream<DynamicTest> no_two_rules_find_the_same_drift() {
    return inEveryWorld(ComparisonTest::findOnce);
  }

  private static void findOnce(long seed) {
    var world = RandomWorld.troubled(seed);
    var live = infer(world);
    var finders = new HashMap<Drift.Key, Comparison.Rule>();

    for (var cluster : world.inventory().clusters()) {
      var context = ClusterContext.of(cluster, live, fleet(world, live));
      for (var rule : Comparison.RULES) {
        for (var drift : rule.evaluate(context).drifts()) {
          assertThat(finders.putIfAbsent(drift.key(), rule)).as("%s", drift.key()).isIn(null, rule);
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> what_is_unverifiable_is_not_evaluated() {
    return inEveryWorld(ComparisonTest::doubt);
  }

  private static void doubt(long seed) {
    var world = RandomWorld.troubled(seed);

    var result = Comparison.compare(world.inventory(), infer(world));

    for (var drift : result.drifts()) {
      if (drift instanceof Drift.Unverifiable unknown) {
        var cluster =
            world.inventory().clusters().stream()
                .filter(it -> it.name().equals(unknown.subject().cluster()))
                .findFirst()
                .orElseThrow();
        assertThat(result.evaluatedIn(cluster)).doesNotContain(unknown.about());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> an_agent_of_some_members_claims_nothing_of_all() {
    return inEveryWorld(ComparisonTest::pollSome);
  }

  private static void pollSome(long seed) {
    var world = RandomWorld.healthy(seed);
    var large =
        world.inventory().clusters().stream()
            .filter(cluster -> cluster.instances().size() > 1)
            .findFirst()
            .orElseThrow();
    var polled = large.withInstances(large.instances().subList(0, 1));
    var elsewhere = large.instances().subList(1, large.instances().size());
    var declared = new Inventory(List.of(polled), List.of(), elsewhere);
    var observations =
        world.observations().stream()
            .filter(seen -> seen.endpoint().equals(polled.instances().getFirst().endpoint()))
            .toList();
    var live = Inference.infer(observations, AddressBook.of(declared));

    assertThat(Comparison.compare(declared, live).evaluatedIn(polled))
        .contains(DriftKind.ROLE_MISMATCH, DriftKind.INSTANCE_UNREACHABLE)
        .doesNotContainAnyElementsOf(
            EnumSet.of(
                DriftKind.MULTIPLE_PRIMARIES,
                DriftKind.VERSION_MIX,
                DriftKind.UNDECLARED_INSTANCE));
  }
}
