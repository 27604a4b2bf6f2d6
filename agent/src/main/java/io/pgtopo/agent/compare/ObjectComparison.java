package io.pgtopo.agent.compare;

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

  private ObjectComparison(ClusterContext context) {
    this.cluster = context.cluster();
    this.live = context.live();
    this.answering = context.members().answering().values();
  }

  /** The primary whose catalogs count, or why there is none. */
  sealed interface Source {}

  /** The primary, and what it reported. */
  record Witness(LiveInstance instance, Survey survey) implements Source {}

  private record Unknown(Reason reason) implements Source {}

  /** Each declared database and role is compared once, or all of them are unverifiable. */
  static Evaluation evaluate(ClusterContext context) {
    return new ObjectComparison(context)
        .evaluate(new ObjectScope(context.cluster()), context.systemId());
  }

  private Evaluation evaluate(ObjectScope scope, Optional<SystemId> systemId) {
    var kinds = scope.kinds();
    if (kinds.isEmpty()) {
      return Evaluation.NOTHING;
    }
    return switch (witness(systemId)) {
      case Witness witness ->
          Evaluation.of(
              kinds,
              Subject.of(cluster),
              Stream.concat(
                      new DatabaseComparison(scope, witness).compare(),
                      new DatabaseRoleComparison(scope, witness).compare())
                  .toList());
      case Unknown(var reason) ->
          Evaluation.merged(
              Stream.of(DriftKind.DATABASE_MISSING, DriftKind.DATABASE_ROLE_MISSING)
                  .filter(kinds::contains)
                  .map(kind -> Evaluation.unverifiable(kind, Subject.of(cluster), reason)));
    };
  }

  private Source witness(Optional<SystemId> systemId) {
    if (systemId.isEmpty()) {
      return new Unknown(
          answering.isEmpty() ? new Reason.NoMemberAnswered() : new Reason.NoMajority());
    }
    var own = primaries(answering.stream(), systemId.get());
    if (!own.isEmpty() || cluster.upstream().isEmpty()) {
      return one(own);
    }
    var everywhere =
        Optional.ofNullable(live.clusters().get(systemId.get())).stream()
            .flatMap(found -> found.members().stream())
            .flatMap(member -> live.at(member).stream());
    return one(primaries(everywhere, systemId.get()));
  }

  private static List<LiveInstance> primaries(Stream<LiveInstance> instances, SystemId systemId) {
    return instances
        .filter(found -> found.role() == LiveRole.PRIMARY && found.systemId().equals(systemId))
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
