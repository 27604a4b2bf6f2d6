package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Instance;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a member that is silent, or that streams from none, was seen past the point where the
 * timeline of the leader began: what it has there exists nowhere on the leader's timeline. It is
 * known as long as nothing shows that it was rewound or rebuilt.
 */
final class ForkComparison {
  private ForkComparison() {}

  /** Of the members that are silent; {@link DivergenceComparison} judges the others. */
  static Evaluation evaluate(ClusterContext cluster) {
    return Evaluation.merged(
        cluster.members().silent().stream().map(instance -> silent(instance, cluster)));
  }

  /** A member that answers and streams from none, even while its walreceiver tries once more. */
  static Optional<Drift> detached(Instance instance, LiveInstance found, ClusterContext cluster) {
    var live = cluster.live();
    return live.linkTo(found).filter(link -> Streaming.of(link, live) == Streaming.YES).isEmpty()
        ? lastAnswer(instance, cluster)
            .filter(then -> isThatServer(then, found))
            .flatMap(then -> fork(instance, then, cluster))
        : Optional.empty();
  }

  private static Evaluation silent(Instance instance, ClusterContext cluster) {
    return lastAnswer(instance, cluster)
        .flatMap(then -> fork(instance, then, cluster))
        .map(
            drift ->
                Evaluation.of(DriftKind.TIMELINE_FORK, Subject.of(instance), Optional.of(drift)))
        .orElseGet(() -> forgotten(instance, cluster));
  }

  private static Evaluation forgotten(Instance silent, ClusterContext cluster) {
    var subject = Subject.of(silent);
    return Evaluation.merged(
        Stream.of(DriftKind.DIVERGED, DriftKind.TIMELINE_FORK)
            .filter(
                kind ->
                    cluster
                        .fleet()
                        .earlier()
                        .forgotten()
                        .contains(new Drift.Key(kind, subject, Optional.empty())))
            .map(kind -> Evaluation.unverifiable(kind, subject, new Reason.HadOwnWal())));
  }

  private static Optional<LiveInstance> lastAnswer(Instance instance, ClusterContext cluster) {
    return cluster.fleet().earlier().past().answer(instance.endpoint());
  }

  /** One that has not restarted since was not rewound. */
  private static boolean isThatServer(LiveInstance then, LiveInstance found) {
    return then.facts().identity().isSameServer(found.facts().identity());
  }

  private static Optional<Drift> fork(
      Instance instance, LiveInstance then, ClusterContext cluster) {
    return cluster
        .leader()
        .flatMap(cluster.live()::at)
        .filter(leader -> leader.isCopyOf(then))
        .filter(leader -> isNextTimeline(then, leader))
        .flatMap(
            leader ->
                began(leader)
                    .filter(began -> has(then).filter(it -> it.compareTo(began) > 0).isPresent())
                    .map(
                        began -> new ReplicationDrift.TimelineFork(instance, then, leader, began)));
  }

  /** Over several timelines the last switch does not show where the first one was left. */
  private static boolean isNextTimeline(LiveInstance then, LiveInstance leader) {
    return leader.facts().timeline().isExact()
        && leader.facts().timeline().id() - then.facts().timeline().id() == 1;
  }

  private static Optional<Lsn> began(LiveInstance leader) {
    return leader.facts().state() instanceof ServerState.InProduction production
        ? production.promotedAt()
        : Optional.empty();
  }

  /** The end of what it certainly has: what it received may be the begin of a segment. */
  private static Optional<Lsn> has(LiveInstance then) {
    return then.facts().state() instanceof ServerState.InProduction production
        ? Optional.of(production.written())
        : Positions.replayed(then);
  }
}
