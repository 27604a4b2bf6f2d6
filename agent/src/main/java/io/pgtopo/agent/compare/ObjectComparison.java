package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a cluster holds, against what is declared of it: as the catalogs of its one primary show it.
 * Databases and roles are the same on all its members.
 */
final class ObjectComparison {
  private final Cluster cluster;
  private final Topology live;
  private final Collection<LiveInstance> answering;

  ObjectComparison(Cluster cluster, Topology live, Collection<LiveInstance> answering) {
    this.cluster = cluster;
    this.live = live;
    this.answering = answering;
  }

  /** The primary whose catalogs count, or why there is none. */
  sealed interface Source {}

  /** The primary, and what it reported. */
  record Witness(LiveInstance instance, Survey survey) implements Source {}

  private record Unknown(Reason reason) implements Source {}

  /**
   * Each declared database and role is judged once, or all of them are unverifiable.
   *
   * @param family of the cluster; empty if it cannot be told
   */
  List<Drift> judge(Optional<SystemId> family) {
    var scope = new ObjectScope(cluster);
    if (!scope.judgesDatabases() && !scope.judgesRoles()) {
      return List.of();
    }
    return switch (witness(family)) {
      case Witness witness ->
          Stream.concat(
                  new DatabaseComparison(scope, witness).judge(),
                  new DatabaseRoleComparison(scope, witness).judge())
              .toList();
      case Unknown(var reason) -> unverifiable(scope, reason);
    };
  }

  private List<Drift> unverifiable(ObjectScope scope, Reason reason) {
    var drifts = new ArrayList<Drift>();
    if (scope.judgesDatabases()) {
      drifts.add(new Drift.Unverifiable(DriftKind.DATABASE_MISSING, Subject.of(cluster), reason));
    }
    if (scope.judgesRoles()) {
      drifts.add(
          new Drift.Unverifiable(DriftKind.DATABASE_ROLE_MISSING, Subject.of(cluster), reason));
    }
    return drifts;
  }

  private Source witness(Optional<SystemId> family) {
    if (family.isEmpty()) {
      return new Unknown(
          answering.isEmpty() ? new Reason.NoMemberAnswered() : new Reason.NoMajority());
    }
    var own = primaries(answering.stream(), family.get());
    if (!own.isEmpty() || cluster.upstream().isEmpty()) {
      return one(own);
    }
    var everywhere =
        Optional.ofNullable(live.clusters().get(family.get())).stream()
            .flatMap(found -> found.members().stream())
            .flatMap(member -> live.at(member).stream());
    return one(primaries(everywhere, family.get()));
  }

  private static List<LiveInstance> primaries(Stream<LiveInstance> instances, SystemId family) {
    return instances
        .filter(found -> found.role() == LiveRole.PRIMARY && found.systemId().equals(family))
        .toList();
  }

  private static Source one(List<LiveInstance> primaries) {
    return switch (primaries.size()) {
      case 0 -> new Unknown(new Reason.NoPrimarySeen());
      case 1 -> reported(primaries.getFirst());
      default ->
          new Unknown(
              new Reason.SeveralPrimaries(
                  primaries.stream().map(LiveInstance::endpoint).sorted().toList()));
    };
  }

  private static Source reported(LiveInstance primary) {
    return switch (primary.facts().survey()) {
      case Reading.Seen<Survey>(var survey) -> new Witness(primary, survey);
      case Reading.Denied<Survey>(var reason) ->
          new Unknown(new Reason.Hidden(Reason.Hidden.What.CATALOGS, reason));
    };
  }
}
