package io.pgtopo.agent;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.Topology;
import java.util.List;
import java.util.function.LongConsumer;

/** Random worlds, and what is inferred of them. */
final class Worlds {
  private static final int WORLDS = 1_000;

  private Worlds() {}

  static void inEveryWorld(LongConsumer claim) {
    for (var seed = 0L; seed < WORLDS; seed++) {
      try {
        claim.accept(seed);
      } catch (AssertionError broken) {
        throw new AssertionError("in the world of seed " + seed, broken);
      }
    }
  }

  static Topology infer(RandomWorld world) {
    return infer(world, world.observations());
  }

  static Topology infer(RandomWorld world, List<Observation> observations) {
    return Inference.infer(observations, AddressBook.of(world.inventory()));
  }

  static List<Drift> compare(RandomWorld world) {
    return Comparison.compare(world.inventory(), infer(world)).drifts();
  }
}
