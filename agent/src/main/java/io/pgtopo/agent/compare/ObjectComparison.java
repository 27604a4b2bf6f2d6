package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a cluster holds, against what is declared of it: as the catalogs of its one primary show it.
 * Databases and roles are the same on all its members.
 */
final class ObjectComparison {
  private static final Set<DriftKind> OF_DATABASES =
      EnumSet.of(
          DriftKind.DATABASE_MISSING, DriftKind.DATABASE_MISMATCH, DriftKind.DATABASE_UNDECLARED);

  private static final Set<DriftKind> OF_ROLES =
      EnumSet.of(
          DriftKind.DATABASE_ROLE_MISSING,
          DriftKind.DATABASE_ROLE_MISMATCH,
          DriftKind.DATABASE_ROLE_UNDECLARED);

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
        .evaluate(new ObjectScope(context.cluster()), context.origin());
  }

  private Evaluation evaluate(ObjectScope scope, Optional<Origin> origin) {
    var kinds = scope.kinds();
    if (kinds.isEmpty()) {
      return Evaluation.NOTHING;
    }
    return switch (witness(origin)) {
      case Witness witness ->
          Evaluation.merged(
              Stream.of(databases(scope, witness, kinds), roles(scope, witness, kinds)));
      case Unknown(var reason) ->
          unverifiable(kinds, reason, DriftKind.DATABASE_MISSING, DriftKind.DATABASE_ROLE_MISSING);
    };
  }

  private Evaluation databases(ObjectScope scope, Witness witness, Set<DriftKind> kinds) {
    return switch (witness.survey.databases()) {
      case Reading.Seen<List<LiveDatabase>>(var found) ->
          Evaluation.of(
              only(OF_DATABASES, kinds),
              Subject.of(cluster),
              new DatabaseComparison(scope, witness, found).compare().toList());
      case Reading.Denied<List<LiveDatabase>>(var reason) ->
          unverifiable(kinds, hidden(reason), DriftKind.DATABASE_MISSING);
    };
  }

  private Evaluation roles(ObjectScope scope, Witness witness, Set<DriftKind> kinds) {
    return switch (witness.survey.roles()) {
      case Reading.Seen<List<LiveDatabaseRole>>(var found) -> {
        var databases = witness.survey.databases();
        var drifts =
            new DatabaseRoleComparison(scope, witness, found, databases.ifSeen()).compare();
        yield Evaluation.merged(
            Stream.of(
                Evaluation.of(only(OF_ROLES, kinds), Subject.of(cluster), drifts.toList()),
                ofBootstrap(databases, kinds)));
      }
      case Reading.Denied<List<LiveDatabaseRole>>(var reason) ->
          unverifiable(kinds, hidden(reason), DriftKind.DATABASE_ROLE_MISSING);
    };
  }

  /** Where the owner of the templates is hidden, what a superuser may have is unknown. */
  private Evaluation ofBootstrap(Reading<List<LiveDatabase>> databases, Set<DriftKind> kinds) {
    return switch (databases) {
      case Reading.Seen<List<LiveDatabase>> seen -> Evaluation.NOTHING;
      case Reading.Denied<List<LiveDatabase>>(var reason) ->
          unverifiable(
              kinds,
              hidden(reason),
              DriftKind.DATABASE_ROLE_MISMATCH,
              DriftKind.DATABASE_ROLE_UNDECLARED);
    };
  }

  private static Reason hidden(String reason) {
    return new Reason.Hidden(Reason.Hidden.What.CATALOGS, reason);
  }

  private static Set<DriftKind> only(Set<DriftKind> some, Set<DriftKind> kinds) {
    var both = EnumSet.copyOf(some);
    both.retainAll(kinds);
    return both;
  }

  private Evaluation unverifiable(Set<DriftKind> kinds, Reason reason, DriftKind... some) {
    return Evaluation.merged(
        Stream.of(some)
            .filter(kinds::contains)
            .map(kind -> Evaluation.unverifiable(kind, Subject.of(cluster), reason)));
  }

  private Source witness(Optional<Origin> origin) {
    if (origin.isEmpty()) {
      return new Unknown(
          answering.isEmpty() ? new Reason.NoMemberAnswered() : new Reason.NoMajority());
    }
    var own = primaries(answering.stream(), origin.get());
    if (!own.isEmpty() || cluster.upstream().isEmpty()) {
      return one(own);
    }
    var everywhere =
        Optional.ofNullable(live.clusters().get(origin.get())).stream()
            .flatMap(found -> found.members().stream())
            .flatMap(member -> live.at(member).stream());
    return one(primaries(everywhere, origin.get()));
  }

  private static List<LiveInstance> primaries(Stream<LiveInstance> instances, Origin origin) {
    return instances
        .filter(found -> found.role() == LiveRole.PRIMARY && found.origin().equals(origin))
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
      case Reading.Denied<Survey>(var reason) -> new Unknown(hidden(reason));
    };
  }
}
