package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LiveCluster;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.CycleContext;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Claims that hold in every world; a failure names the seed that breaks it. */
class InvariantTest {
  private static final int WORLDS = 1_000;

  private static final Set<DriftKind> OBJECTS =
      EnumSet.of(DriftKind.DATABASE_MISSING, DriftKind.DATABASE_ROLE_MISSING);

  private static void inEveryWorld(LongConsumer claim) {
    for (var seed = 0L; seed < WORLDS; seed++) {
      try {
        claim.accept(seed);
      } catch (AssertionError broken) {
        throw new AssertionError("in the world of seed " + seed, broken);
      }
    }
  }

  private static Topology infer(RandomWorld world) {
    return infer(world, world.observations());
  }

  private static Topology infer(RandomWorld world, List<Observation> observations) {
    return Inference.infer(observations, AddressBook.of(world.inventory()));
  }

  private static List<Drift> compare(RandomWorld world) {
    return Comparison.compare(world.inventory(), infer(world)).drifts();
  }

  @Test
  void a_world_that_is_as_declared_has_no_drift() {
    inEveryWorld(seed -> assertThat(compare(RandomWorld.healthy(seed))).isEmpty());
  }

  @Test
  void every_replica_of_a_healthy_world_is_linked_by_both_ends() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.healthy(seed);
          var replicas =
              world.inventory().clusters().stream()
                  .mapToInt(cluster -> cluster.instances().size() - 1)
                  .sum();

          var grades =
              infer(world).clusters().values().stream()
                  .flatMap(cluster -> cluster.links().stream())
                  .map(ReplicationLink::grade);
          assertThat(grades)
              .hasSize(replicas)
              .allMatch(grade -> grade == ReplicationLink.Grade.BOTH_ENDS);
        });
  }

  @Test
  void the_order_of_observations_does_not_matter() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var shuffled = new ArrayList<>(world.observations());
          Collections.shuffle(shuffled, new Random(seed));

          assertThat(infer(world, shuffled)).isEqualTo(infer(world));
        });
  }

  @Test
  void no_link_joins_two_system_identifiers() {
    inEveryWorld(
        seed -> {
          var topology = infer(RandomWorld.troubled(seed));

          for (var cluster : topology.clusters().values()) {
            for (var link : cluster.links()) {
              assertThat(isOfFamily(link.upstream(), cluster, topology)).isTrue();
              assertThat(isOfFamily(link.downstream(), cluster, topology)).isTrue();
            }
          }
        });
  }

  private static boolean isOfFamily(Peer peer, LiveCluster cluster, Topology topology) {
    return !(peer instanceof Peer.Known(var endpoint))
        || topology
            .at(endpoint)
            .map(live -> live.systemId().equals(cluster.systemId()))
            .orElse(true);
  }

  @Test
  void no_instance_has_two_upstreams() {
    inEveryWorld(
        seed -> {
          var downstreams =
              infer(RandomWorld.troubled(seed)).clusters().values().stream()
                  .flatMap(cluster -> cluster.links().stream())
                  .map(ReplicationLink::downstream)
                  .filter(Peer.Known.class::isInstance)
                  .toList();

          assertThat(downstreams).doesNotHaveDuplicates();
        });
  }

  @Test
  void each_declared_instance_is_seen_or_reported_unreachable_once() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var topology = infer(world);
          var names = AddressBook.of(world.inventory());
          var evaluated = new ArrayList<String>();
          topology.instances().keySet().forEach(endpoint -> evaluated.add(names.nameOf(endpoint)));
          compare(world).stream()
              .filter(InvariantTest::isAboutSilence)
              .forEach(drift -> evaluated.add(drift.subject().toString()));

          assertThat(evaluated)
              .containsExactlyInAnyOrderElementsOf(
                  world.inventory().instances().map(Instance::name).toList());
        });
  }

  private static boolean isAboutSilence(Drift drift) {
    return drift.kind() == DriftKind.INSTANCE_UNREACHABLE
        || (drift instanceof Drift.Unverifiable unknown
            && unknown.about() == DriftKind.INSTANCE_UNREACHABLE);
  }

  @Test
  void each_declared_database_and_role_is_evaluated_once_or_all_are_unverifiable() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var drifts = compare(world);

          for (var cluster : world.inventory().clusters()) {
            var evaluated = evaluatedObjects(cluster.name(), drifts);
            assertThat(evaluated).doesNotHaveDuplicates();
            assertThat(evaluated.isEmpty() || isReported(cluster, infer(world))).isTrue();
            assertThat(unverifiableObjects(cluster.name(), drifts))
                .isEqualTo(
                    isReported(cluster, infer(world))
                        ? List.of()
                        : List.of(DriftKind.DATABASE_MISSING, DriftKind.DATABASE_ROLE_MISSING));
          }
        });
  }

  private static List<Subject> evaluatedObjects(String cluster, List<Drift> drifts) {
    return drifts.stream()
        .filter(ObjectDrift.class::isInstance)
        .map(Drift::subject)
        .filter(subject -> subject.cluster().equals(cluster))
        .toList();
  }

  private static List<DriftKind> unverifiableObjects(String cluster, List<Drift> drifts) {
    return drifts.stream()
        .filter(Drift.Unverifiable.class::isInstance)
        .map(Drift.Unverifiable.class::cast)
        .filter(unknown -> unknown.subject().cluster().equals(cluster))
        .map(Drift.Unverifiable::about)
        .filter(OBJECTS::contains)
        .toList();
  }

  /** Whether most members, or as many as of another system and the primary, have one writer. */
  private static boolean isReported(Cluster cluster, Topology topology) {
    var members =
        cluster.instances().stream()
            .flatMap(instance -> topology.at(instance.endpoint()).stream())
            .toList();
    var own = members.stream().filter(live -> live.systemId().value() != 9_000).toList();
    var system = ownSystem(cluster, topology, members, own);
    var writers = system.stream().filter(live -> live.role() == LiveRole.PRIMARY).toList();
    return writers.size() == 1 && writers.getFirst().facts().survey().ifSeen().isPresent();
  }

  private static List<LiveInstance> ownSystem(
      Cluster cluster, Topology topology, List<LiveInstance> members, List<LiveInstance> own) {
    var foreign = members.stream().filter(live -> !own.contains(live)).toList();
    if (own.size() != foreign.size()) {
      return own.size() > foreign.size() ? own : foreign;
    }
    var primary = cluster.primary().flatMap(instance -> topology.at(instance.endpoint()));
    return primary.map(live -> own.contains(live) ? own : foreign).orElse(List.of());
  }

  @Test
  void a_drift_is_reported_once() {
    inEveryWorld(
        seed ->
            assertThat(compare(RandomWorld.troubled(seed)).stream().map(Drift::key))
                .doesNotHaveDuplicates()
                .isSorted());
  }

  @Test
  void the_subject_of_a_drift_is_of_the_scope_of_its_kind() {
    inEveryWorld(
        seed ->
            assertThat(compare(RandomWorld.troubled(seed)))
                .allMatch(drift -> isWithin(drift.kind().scope(), drift.subject())));
  }

  private static boolean isWithin(DriftKind.Scope scope, Subject subject) {
    var part = subject.part().map(Subject.Part::type);
    var isOfInstance = subject.instance().isPresent();
    return switch (scope) {
      case CLUSTER, VIP, RULE -> part.isEmpty() && !isOfInstance;
      case INSTANCE -> part.isEmpty() && isOfInstance;
      case SLOT -> part.equals(Optional.of(Subject.Part.Type.SLOT)) && isOfInstance;
      case DATABASE ->
          !isOfInstance && part.orElse(Subject.Part.Type.DATABASE) == Subject.Part.Type.DATABASE;
      case ROLE -> !isOfInstance && part.orElse(Subject.Part.Type.ROLE) == Subject.Part.Type.ROLE;
      case ANY -> true;
    };
  }

  @Test
  void a_server_that_stops_answering_in_a_healthy_world_causes_no_drift_of_another() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.healthy(seed);
          var observations = new ArrayList<>(world.observations());
          var silent = new Random(seed).nextInt(observations.size());
          observations.set(
              silent,
              new Observation.Unreachable(
                  observations.get(silent).endpoint(),
                  observations.get(silent).window(),
                  Failure.of(Failure.Kind.TIMEOUT, "silent")));

          var drifts = Comparison.compare(world.inventory(), infer(world, observations)).drifts();

          assertThat(drifts)
              .allMatch(drift -> isSilenceOf(observations.get(silent).endpoint(), drift));
        });
  }

  private static boolean isSilenceOf(Endpoint endpoint, Drift drift) {
    return switch (drift) {
      case Drift.Unverifiable unknown -> true;
      case MemberDrift.InstanceUnreachable(var instance, var failure, var testimony) ->
          instance.endpoint().equals(endpoint);
      default -> false;
    };
  }

  private static Judgement judge(RandomWorld world, List<Observation> observations) {
    var topology = infer(world, observations);
    var now = Instant.parse("2026-01-01T00:00:00Z");
    var open =
        DriftTracker.starting(new Hysteresis(Duration.ZERO))
            .next(
                Comparison.compare(world.inventory(), topology).drifts(),
                CycleContext.of(world.inventory(), topology, Set.of()),
                now)
            .open();
    return Judgement.of(Policy.NONE, world.inventory(), topology, open, now);
  }

  @Test
  void to_see_less_makes_nothing_agree_and_no_cluster_healthy() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var less = new ArrayList<>(world.observations());
          less.remove(new Random(seed).nextInt(less.size()));

          var before = judge(world, world.observations()).verdicts();
          var after = judge(world, less).verdicts();

          for (var i = 0; i < before.size(); i++) {
            assertThat(rank(after.get(i).health()))
                .as("%s, before %s", after.get(i), before.get(i))
                .isLessThanOrEqualTo(rank(before.get(i).health()));
            assertThat(after.get(i).sync() == Verdict.Sync.IN_SYNC)
                .as("%s, before %s", after.get(i), before.get(i))
                .isIn(false, before.get(i).sync() == Verdict.Sync.IN_SYNC);
          }
        });
  }

  /** Those that are not well are distinguished by what is seen, so seeing less may blur them. */
  private static int rank(Verdict.Health health) {
    return switch (health) {
      case HEALTHY -> 2;
      case PROGRESSING -> 1;
      case DEGRADED, MISSING, UNKNOWN, SUSPENDED -> 0;
    };
  }

  @Test
  void what_is_unknown_is_never_fine() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var judgement = judge(world, world.observations());

          for (var verdict : judgement.verdicts()) {
            var open =
                judgement.drifts().stream()
                    .filter(it -> it.drift().subject().cluster().equals(verdict.cluster()))
                    .toList();
            assertThat(verdict.sync() == Verdict.Sync.IN_SYNC).isEqualTo(open.isEmpty());
            if (open.stream().anyMatch(it -> it.drift().kind() == DriftKind.INSTANCE_UNREACHABLE)) {
              assertThat(verdict.health()).isNotEqualTo(Verdict.Health.HEALTHY);
            }
          }
        });
  }

  @Test
  void a_cause_is_open_itself_and_never_leads_back() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var drifts = judge(world, world.observations()).byKey();

          for (var drift : drifts.values()) {
            var path = new ArrayList<Drift.Key>();
            var at = Optional.of(drift.key());
            while (at.isPresent()) {
              assertThat(drifts).containsKey(at.get());
              assertThat(path).doesNotContain(at.get());
              path.add(at.get());
              at = Optional.ofNullable(drifts.get(at.get())).flatMap(JudgedDrift::cause);
            }
          }
        });
  }

  @Test
  void roles_that_are_swapped_are_reported_once() {
    inEveryWorld(
        seed -> {
          var drifts = compare(RandomWorld.troubled(seed));
          var swapped =
              drifts.stream()
                  .filter(ClusterDrift.RoleSwapped.class::isInstance)
                  .map(drift -> drift.subject().cluster())
                  .toList();

          assertThat(drifts)
              .filteredOn(drift -> drift.kind() == DriftKind.ROLE_MISMATCH)
              .noneMatch(drift -> swapped.contains(drift.subject().cluster()));
        });
  }

  @Test
  void severities_come_from_the_worst_to_what_is_unknown() {
    assertThat(Severity.values())
        .containsExactly(Severity.CRITICAL, Severity.WARNING, Severity.INFO, Severity.UNKNOWN);
    assertThat(DriftKind.values())
        .extracting(DriftKind::severity)
        .isSortedAccordingTo(Comparator.naturalOrder());
  }

  @Test
  void a_cycle_with_nothing_new_never_moves_since() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var drifts = compare(world);
          var context = CycleContext.of(world.inventory(), infer(world), Set.of());
          var start = Instant.parse("2026-01-01T00:00:00Z");
          var first =
              DriftTracker.starting(new Hysteresis(Duration.ofSeconds(30)))
                  .next(drifts, context, start);

          var later = first.next(drifts, context, start.plusSeconds(3600));

          assertThat(later.open()).allMatch(tracked -> tracked.since().equals(start));
          assertThat(later.open()).hasSameSizeAs(drifts);
          assertThat(later.open())
              .allMatch(tracked -> tracked.state() == TrackedDrift.State.FIRING);
        });
  }
}
