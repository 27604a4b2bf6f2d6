package io.pgtopo.agent;

import static io.pgtopo.agent.Worlds.compare;
import static io.pgtopo.agent.Worlds.inEveryWorld;
import static io.pgtopo.agent.Worlds.infer;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.CycleContext;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Claims about drifts that hold in every world; a failure names the seed that breaks it. */
class InvariantTest {
  private static final Set<DriftKind> OBJECTS =
      EnumSet.of(DriftKind.DATABASE_MISSING, DriftKind.DATABASE_ROLE_MISSING);

  @Test
  void a_world_that_is_as_declared_has_no_drift() {
    inEveryWorld(seed -> assertThat(compare(RandomWorld.healthy(seed))).isEmpty());
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
    var own =
        members.stream()
            .filter(live -> !live.origin().equals(new Origin.Identified(new SystemId(9_000))))
            .toList();
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
  void a_hidden_system_identifier_is_no_drift() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var hidden = world.observations().stream().map(RandomWorld::unidentified).toList();

          var found = Comparison.compare(world.inventory(), infer(world, hidden)).drifts();

          var seen = compare(world);
          // Servers with links that their identifiers contradict cannot be.
          if (seen.stream().noneMatch(MemberDrift.ForeignSystemId.class::isInstance)) {
            assertThat(
                    found.stream()
                        .filter(it -> !(it instanceof Drift.Unverifiable))
                        .map(Drift::key))
                .isSubsetOf(seen.stream().map(Drift::key).toList());
          }
          assertThat(found)
              .noneMatch(MemberDrift.ForeignSystemId.class::isInstance)
              .noneMatch(ClusterDrift.MultiplePrimaries.class::isInstance);
        });
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
      case SUBSCRIPTION -> part.equals(Optional.of(Subject.Part.Type.SUBSCRIPTION)) && isOfInstance;
      case DATABASE ->
          !isOfInstance && part.orElse(Subject.Part.Type.DATABASE) == Subject.Part.Type.DATABASE;
      case ROLE -> !isOfInstance && part.orElse(Subject.Part.Type.ROLE) == Subject.Part.Type.ROLE;
      case SERVICE -> part.equals(Optional.of(Subject.Part.Type.SERVICE)) && !isOfInstance;
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
          var context =
              CycleContext.of(world.inventory(), infer(world), OtherSources.NONE, Set.of());
          var start = Instant.parse("2026-01-01T00:00:00Z");
          var first =
              DriftTracker.starting(new Hysteresis(Duration.ofSeconds(30)))
                  .next(drifts, context, start, start);

          var later = first.next(drifts, context, start.plusSeconds(3600), start.plusSeconds(3600));

          assertThat(later.open()).allMatch(tracked -> tracked.since().equals(start));
          assertThat(later.open()).hasSameSizeAs(drifts);
          assertThat(later.open())
              .allMatch(tracked -> tracked.state() == TrackedDrift.State.FIRING);
        });
  }
}
