package io.pgtopo.agent.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Runs many worlds in which something happens, and compares the reported drifts with the truth.
 * {@code -Dsimulator.seed=S -Dsimulator.count=1} repeats the one world of a failure.
 */
class SimulationTest {
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final int POLLS = 4;
  private static final int MOST_BROKEN = 5;

  /** Kinds that do not follow from the true state of the servers. */
  private static final Set<DriftKind> NOT_EVALUATED =
      EnumSet.of(
          DriftKind.UNVERIFIABLE,
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.AGENT_ISOLATED,
          DriftKind.UPSTREAM_MISMATCH);

  private final Accuracy accuracy = new Accuracy();

  @Test
  void no_critical_drift_fires_falsely_and_every_anomaly_is_found() throws IOException {
    var seed = Long.getLong("simulator.seed", 0L);
    var count = Integer.getInteger("simulator.count", 10_000);
    var broken = new ArrayList<String>();
    for (var world = seed; world < seed + count && broken.size() < MOST_BROKEN; world++) {
      try {
        new Run(world).play();
      } catch (AssertionError claim) {
        broken.add("-Dsimulator.seed=" + world + " " + claim.getMessage());
      }
    }
    assertThat(broken).as("worlds in which a claim does not hold").isEmpty();
    Files.writeString(
        Boolean.getBoolean("simulator.write")
            ? Path.of("..", "docs", "accuracy.md")
            : Files.createDirectories(Path.of("target")).resolve("accuracy.md"),
        accuracy.page(seed, count));
  }

  /** One world, healthy at first. */
  private final class Run {
    private final Random random;
    private final TrueWorld world;
    private final Inventory declared;
    private final boolean isPlainLogin;
    private final boolean hasGaps;

    /** A server that is silent in every poll. */
    private final Optional<Endpoint> blindSpot;

    private History history = History.starting(new Hysteresis(INTERVAL));
    private int poll;

    Run(long seed) {
      this.random = new Random(seed);
      this.world = new TrueWorld(random);
      this.declared = world.inventory();
      this.isPlainLogin = random.nextInt(10) == 0;
      this.hasGaps = random.nextBoolean();
      this.blindSpot =
          hasGaps && random.nextBoolean()
              ? Optional.of(world.servers.get(random.nextInt(world.servers.size())).endpoint)
              : Optional.empty();
    }

    void play() {
      world.pass();
      assertThat(compare(poll()))
          .as("a healthy world")
          .filteredOn(drift -> !isPlainLogin || !(drift instanceof Drift.Unverifiable))
          .isEmpty();
      if (random.nextInt(10) == 0) {
        remain();
        return;
      }
      var before = poll();
      var anomaly = anyAnomaly();
      var struck = anomaly.strike(world);
      world.pass();
      if (struck.isEmpty()) {
        return;
      }
      observe(mix(before, poll()));
      var found = Optional.<Integer>empty();
      for (var i = 1; i <= POLLS; i++) {
        world.pass();
        observe(poll());
        if (found.isEmpty() && isSeen(anomaly, struck.get())) {
          found = Optional.of(i);
        }
      }
      var isFullView = !hasGaps && !isPlainLogin;
      accuracy.struck(anomaly, found, isFullView);
      if (isFullView) {
        assertThat(found)
            .as("%s in %s: %s", anomaly, struck.get(), history.tracker().open())
            .isPresent();
      }
    }

    private Anomaly anyAnomaly() {
      var anomalies = List.of(Anomaly.values());
      return anomalies.get(random.nextInt(anomalies.size()));
    }

    private void remain() {
      for (var i = 0; i < POLLS; i++) {
        world.pass();
        observe(poll());
      }
    }

    private List<Observation> poll() {
      return isPlainLogin ? SimulatedPoll.asPlainLogin(world) : SimulatedPoll.asMonitor(world);
    }

    /** One cycle that polled some servers before and some after. */
    private List<Observation> mix(List<Observation> before, List<Observation> after) {
      var mixed = new ArrayList<Observation>();
      for (var i = 0; i < before.size(); i++) {
        mixed.add((random.nextBoolean() ? before : after).get(i));
      }
      return mixed;
    }

    private void observe(List<Observation> full) {
      var observations = new ArrayList<>(full);
      if (hasGaps) {
        observations.replaceAll(
            seen ->
                random.nextInt(10) == 0 || blindSpot.equals(Optional.of(seen.endpoint()))
                    ? SimulatedPoll.silence(seen)
                    : seen);
      }
      var drifts = compare(observations);
      Collections.shuffle(observations, random);
      assertThat(compare(observations)).as("in another order").isEqualTo(drifts);
      var names = AddressBook.of(declared);
      history =
          history.next(
              declared,
              Inference.infer(observations, names),
              drifts,
              names,
              TrueWorld.START.plus(INTERVAL.multipliedBy(poll++)));
      var adviser = new Adviser(declared, Inference.infer(observations, names));
      var harm = new Harm(world);
      history.tracker().open().stream()
          .flatMap(open -> adviser.of(open).stream())
          .forEach(harm::check);
      var truth = Truth.of(world, declared);
      for (var open : history.tracker().open()) {
        if (open.state() == TrackedDrift.State.FIRING
            && !NOT_EVALUATED.contains(open.drift().kind())) {
          judge(open.drift(), truth);
        }
      }
    }

    private void judge(Drift drift, Truth truth) {
      accuracy.fired(drift.kind(), truth.has(drift));
      if (drift.kind().severity() == Severity.CRITICAL) {
        assertThat(truth.has(drift)).as("%s, and true is %s", drift, truth).isTrue();
      }
    }

    private List<Drift> compare(List<Observation> observations) {
      return Comparison.compare(declared, Inference.infer(observations, AddressBook.of(declared)))
          .drifts();
    }

    private boolean isSeen(Anomaly anomaly, String cluster) {
      return history.tracker().open().stream()
          .map(TrackedDrift::drift)
          .anyMatch(
              drift -> drift.kind() == anomaly.kind && drift.subject().cluster().equals(cluster));
    }
  }
}
