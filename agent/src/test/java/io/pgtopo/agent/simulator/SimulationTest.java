package io.pgtopo.agent.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.campaign.AccuracyPage;
import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.EarlierPoll;
import io.pgtopo.agent.compare.Past;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.service.Balancers;
import io.pgtopo.agent.service.Dials;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LastKnown;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Runs many worlds in which something happens, and compares the reported drifts with the truth.
 * {@code -Dsimulator.seed=S -Dsimulator.count=1} repeats the one world of a failure.
 */
class SimulationTest {
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final Duration MOMENT = Duration.ofSeconds(2);

  private static final int POLLS = 6;

  private static final int MOST_BROKEN = 5;

  /** The first numbers of small seeds are all alike. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Kinds that do not follow from the true state of the servers. */
  private static final Set<DriftKind> NOT_EVALUATED =
      EnumSet.of(
          DriftKind.UNVERIFIABLE,
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.AGENT_ISOLATED,
          DriftKind.UPSTREAM_MISMATCH);

  private final Accuracy accuracy = new Accuracy();

  @Test
  void no_drift_fires_falsely_and_every_anomaly_is_found() throws IOException {
    var seed = Long.getLong("simulator.seed", 0L);
    var count = Integer.getInteger("simulator.count", 5_000);
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
        AccuracyPage.withSimulated(
            Path.of("..", "docs", "accuracy.md"), accuracy.page(seed, count)));
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

    private final TrueManagers patroni;

    private final TrueBalancers haproxy;
    private final TrueRepmgr repmgr;

    private OtherSources others = new OtherSources(Dials.NONE, Balancers.NONE, Managers.NONE);
    private History history = History.starting(new Hysteresis(INTERVAL));
    private Optional<Topology> last = Optional.empty();
    private Past past = Past.NONE;
    private LastKnown memory = LastKnown.EMPTY;
    private Truth truth;

    Run(long seed) {
      this.random = new Random(seed * SPREAD);
      this.world = new TrueWorld(random);
      var dice = new SplittableRandom(seed);
      this.patroni = new TrueManagers(dice.nextLong(), world);
      this.repmgr = new TrueRepmgr(dice.nextLong(), patroni, world);
      this.haproxy = new TrueBalancers(dice.nextLong(), patroni, world.inventory());
      world.subscriptions = Optional.of(new TrueSubscriptions(dice.nextLong(), world));
      this.declared = haproxy.declared(patroni.declared(world.inventory()));
      this.isPlainLogin = random.nextInt(10) == 0;
      this.hasGaps = random.nextBoolean();
      this.blindSpot =
          hasGaps && random.nextBoolean()
              ? Optional.of(world.servers.get(random.nextInt(world.servers.size())).endpoint)
              : Optional.empty();
      this.truth = Truth.of(world, declared, Map.of(), Set.of(), blindSpot);
    }

    void play() {
      world.pass(INTERVAL);
      assertThat(compare(infer(poll())))
          .as("a world that is as declared, but for its clocks")
          .filteredOn(drift -> !isPlainLogin || !(drift instanceof Drift.Unverifiable))
          .filteredOn(drift -> !(drift instanceof ClusterDrift.ClockSkew) || !truth.has(drift))
          .isEmpty();
      observe(poll());
      if (random.nextInt(10) == 0) {
        remain();
        return;
      }
      var before = poll();
      haproxy.strike();
      subscriptions().strike();
      var anomaly = anyAnomaly();
      anomaly.strike(world).ifPresent(cluster -> follow(anomaly, cluster, before));
    }

    private void follow(Anomaly anomaly, String cluster, List<Observation> before) {
      world.pass(MOMENT);
      observe(mix(before, poll()));
      var found = Optional.<Integer>empty();
      for (var i = 1; i <= anomaly.polls(); i++) {
        world.pass(INTERVAL);
        observe(poll());
        checkLogicalLinks();
        var isSeen = anomaly.kind.filter(kind -> isSeen(kind, cluster)).isPresent();
        if (isFullView() && found.isPresent()) {
          assertThat(isSeen || !truth.has(anomaly.kind.orElseThrow(), cluster))
              .as("%s in %s is known of until it ends: %s", anomaly, cluster, known())
              .isTrue();
        }
        if (found.isEmpty() && isSeen) {
          found = Optional.of(i);
        }
      }
      if (anomaly.kind.isEmpty()) {
        accuracy.harmless();
        return;
      }
      accuracy.struck(anomaly, found, isFullView());
      if (isFullView()) {
        assertThat(found).as("%s in %s: %s", anomaly, cluster, known()).isPresent();
        assertThat(truth.wrongBeliefs(world))
            .as("wrong beliefs of managers, of which %s are known", known())
            .allMatch(name -> isSeen(DriftKind.MANAGER_DISAGREES, name));
        subscriptions()
            .found()
            .forEach(
                (kind, subjects) ->
                    assertThat(subjects)
                        .as("subscriptions with %s, of which %s are known", kind, known())
                        .allMatch(it -> isSeen(kind, it)));
        for (var kind : haproxy.shown()) {
          assertThat(truth.of(kind))
              .as("services with %s, of which %s are known", kind, known())
              .allMatch(service -> isSeen(kind, service));
        }
      }
    }

    private TrueSubscriptions subscriptions() {
      return world.subscriptions.orElseThrow();
    }

    /** Of two ends in one moment. */
    private void checkLogicalLinks() {
      var proved =
          last.orElseThrow().logicalLinks().stream()
              .filter(link -> link.grade() == ReplicationLink.Grade.BOTH_ENDS)
              .toList();
      assertThat(proved)
          .filteredOn(link -> !subscriptions().isTrue(link))
          .as("logical links that are none")
          .isEmpty();
      if (isFullView()) {
        assertThat((long) proved.size())
            .as("logical links of which both ends are seen")
            .isEqualTo(subscriptions().connected());
      }
    }

    private boolean isFullView() {
      return !hasGaps && !isPlainLogin;
    }

    private List<TrackedDrift> open() {
      return history.tracker().open();
    }

    private List<String> known() {
      return open().stream()
          .map(it -> it.drift().kind().label() + " " + it.drift().subject() + " " + it.presence())
          .toList();
    }

    private Anomaly anyAnomaly() {
      var anomalies = List.of(Anomaly.values());
      return anomalies.get(random.nextInt(anomalies.size()));
    }

    private void remain() {
      for (var i = 0; i < POLLS; i++) {
        world.pass(INTERVAL);
        observe(poll());
        checkLogicalLinks();
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
      var live = infer(observations);
      past = past.next(live, world.now);
      others =
          new OtherSources(
              others.dials().next(haproxy.dial(world, declared), world.now),
              others.balancers().next(haproxy.read(world), world.now),
              others.managers().next(managers(), world.now));
      var drifts = compare(live);
      Collections.shuffle(observations, random);
      assertThat(infer(observations)).as("in another order").isEqualTo(live);
      history =
          history.next(
              declared, live, drifts, AddressBook.of(declared), others, world.now, world.now);
      others =
          new OtherSources(
              others.dials(), others.balancers(), others.managers().seen(live, world.now));
      memory = memory.next(live);
      last = Optional.of(live);
      var adviser = new Adviser(declared, live, others.managers(), open());
      var harm = new Harm(world);
      open().stream().flatMap(open -> adviser.of(open).stream()).forEach(harm::check);
      truth =
          Truth.of(world, declared, haproxy.wrong(world, declared), wronglyBelieved(), blindSpot);
      open().stream()
          .filter(open -> open.state() == TrackedDrift.State.FIRING)
          .filter(open -> open.presence() == TrackedDrift.Presence.SEEN)
          .map(TrackedDrift::drift)
          .forEach(this::judge);
    }

    private List<ManagerReport> managers() {
      var reports = new ArrayList<>(patroni.read(world));
      reports.addAll(repmgr.read(world));
      return reports;
    }

    private Set<String> wronglyBelieved() {
      var wrong = new TreeSet<>(patroni.wrongAbout(world));
      wrong.addAll(repmgr.wrongAbout(world));
      return wrong;
    }

    /** A drift that the last poll saw. */
    private void judge(Drift drift) {
      if (drift instanceof MemberDrift.InstanceUnreachable(var instance, var failure, var reported)
          && reported.liveness() == Liveness.ALIVE) {
        assertThat(truth.isRunning(instance.name())).as("%s runs", instance.name()).isTrue();
      }
      if (NOT_EVALUATED.contains(drift.kind())) {
        return;
      }
      var isTrue = truth.has(drift);
      accuracy.fired(drift.kind(), isTrue);
      assertThat(isTrue)
          .as(
              "%s, and true is %s",
              isTrue ? "" : new DriftText(AddressBook.of(declared)).sentence(drift), truth)
          .isTrue();
    }

    private Topology infer(List<Observation> observations) {
      return Inference.infer(observations, AddressBook.of(declared), memory);
    }

    private List<Drift> compare(Topology live) {
      var earlier = EarlierPoll.of(last, past, Set.of()).with(others);
      return Comparison.compare(declared, live, Policy.NONE, earlier).drifts();
    }

    private boolean isSeen(DriftKind kind, String cluster) {
      return open().stream()
          .map(TrackedDrift::drift)
          .filter(drift -> drift.kind() == kind)
          .map(Drift::subject)
          .anyMatch(it -> it.cluster().equals(cluster) || it.toString().equals(cluster));
    }
  }
}
