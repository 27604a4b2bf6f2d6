package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
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
 * What a cluster holds, against what is declared of it: by the word of the one primary of its
 * family, and of nobody else. Databases and roles are the same on all its members.
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

  /**
   * The primary, and what it said.
   *
   * @param instance which said so
   * @param survey what it said
   */
  record Witness(LiveInstance instance, Survey survey) {}

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
      case Reading.Seen<Witness>(var witness) ->
          Stream.concat(
                  new DatabaseComparison(scope, witness).judge(),
                  new DatabaseRoleComparison(scope, witness).judge())
              .toList();
      case Reading.Denied<Witness>(var reason) -> unverifiable(scope, reason);
    };
  }

  private List<Drift> unverifiable(ObjectScope scope, String reason) {
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

  private Reading<Witness> witness(Optional<SystemId> family) {
    if (family.isEmpty()) {
      return Reading.denied(
          answering.isEmpty()
              ? "no member answered"
              : "its members are of several systems, and which is the right one is not known");
    }
    var own = primaries(answering.stream(), family.get());
    if (!own.isEmpty() || cluster.upstream().isEmpty()) {
      return one(own, "its");
    }
    var everywhere =
        Optional.ofNullable(live.clusters().get(family.get())).stream()
            .flatMap(found -> found.members().stream())
            .flatMap(member -> live.at(member).stream());
    return one(primaries(everywhere, family.get()), "the upstream's");
  }

  private static List<LiveInstance> primaries(Stream<LiveInstance> instances, SystemId family) {
    return instances
        .filter(found -> found.role() == LiveRole.PRIMARY && found.systemId().equals(family))
        .toList();
  }

  private static Reading<Witness> one(List<LiveInstance> primaries, String whose) {
    return switch (primaries.size()) {
      case 0 -> Reading.denied("no primary answered that could tell");
      case 1 -> saying(primaries.getFirst());
      default ->
          Reading.denied(
              "%d of %s members accept writes, and may hold different things"
                  .formatted(primaries.size(), whose));
    };
  }

  private static Reading<Witness> saying(LiveInstance primary) {
    return switch (primary.facts().survey()) {
      case Reading.Seen<Survey>(var survey) -> Reading.seen(new Witness(primary, survey));
      case Reading.Denied<Survey>(var reason) ->
          Reading.denied("the catalogs of its primary are not known: " + reason);
    };
  }
}
