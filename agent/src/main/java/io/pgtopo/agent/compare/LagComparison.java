package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a replica is behind its primary, against what the policy allows. It counts WAL and not
 * time: a replica's time is that of its last commit, which is old wherever nothing is committed.
 */
final class LagComparison {
  private final Topology live;
  private final Optional<Endpoint> leader;
  private final long allowed;

  private LagComparison(ClusterContext cluster, long allowed) {
    this.live = cluster.live();
    this.leader = cluster.leader();
    this.allowed = allowed;
  }

  /** Without a limit in the policy nothing is evaluated. */
  static Evaluation evaluate(ClusterContext cluster) {
    return cluster
        .fleet()
        .policy()
        .maxLag(cluster.cluster().name())
        .map(allowed -> new LagComparison(cluster, allowed))
        .map(
            rule ->
                cluster.each(
                    (instance, found) ->
                        Evaluation.of(
                            DriftKind.REPLICATION_LAG,
                            Subject.of(instance),
                            rule.compare(instance, found))))
        .orElse(Evaluation.NOTHING);
  }

  /** What is wrong with one replica; one with a declared delay has no limit. */
  private Optional<Drift> compare(Instance instance, LiveInstance found) {
    if (!(found.facts().state() instanceof ServerState.InRecovery)
        || instance.delay().isPositive()
        || leader.equals(Optional.of(found.endpoint()))) {
      return Optional.empty();
    }
    var primary = leader.flatMap(live::at).filter(it -> !it.isForeignTo(found));
    if (primary.isEmpty()) {
      return Optional.of(unverifiable(instance, new Reason.NoPrimarySeen()));
    }
    if (!found.isCopyOf(primary.get())) {
      return Optional.of(
          unverifiable(instance, SystemIdComparison.hidden(Stream.of(found, primary.get()))));
    }
    var behind = Positions.bytesBehind(primary.get(), found);
    return behind.isEmpty()
        ? Optional.of(unverifiable(instance, new Reason.OtherTimeline(primary.get().endpoint())))
        : behind
            .filter(bytes -> bytes > allowed)
            .map(
                bytes ->
                    new ReplicationDrift.ReplicationLag(
                        instance, found, primary.get(), bytes, allowed));
  }

  private static Drift unverifiable(Instance instance, Reason reason) {
    return new Drift.Unverifiable(DriftKind.REPLICATION_LAG, Subject.of(instance), reason);
  }
}
