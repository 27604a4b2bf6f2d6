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

/**
 * How far a replica is behind its primary, against what the policy allows. It counts WAL and not
 * time: a replica's time is that of its last commit, which is old wherever nothing is committed.
 */
final class LagComparison {
  private final Topology live;
  private final Optional<Endpoint> leader;
  private final long allowed;

  /**
   * A comparison.
   *
   * @param leader empty if none is seen, or several
   * @param allowed bytes
   */
  LagComparison(Topology live, Optional<Endpoint> leader, long allowed) {
    this.live = live;
    this.leader = leader;
    this.allowed = allowed;
  }

  /** What is wrong with one replica. One that is to be late is not judged. */
  Optional<Drift> judge(Instance instance, LiveInstance found) {
    if (!(found.facts().state() instanceof ServerState.InRecovery)
        || instance.delay().isPositive()
        || leader.equals(Optional.of(found.endpoint()))) {
      return Optional.empty();
    }
    var primary = leader.flatMap(live::at).filter(it -> it.systemId().equals(found.systemId()));
    if (primary.isEmpty()) {
      return Optional.of(unverifiable(instance, new Reason.NoPrimarySeen()));
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
