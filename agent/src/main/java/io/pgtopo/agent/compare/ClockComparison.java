package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;

/** Whether the clocks of the members of a cluster agree. */
final class ClockComparison {
  private static final Duration ALLOWED = ClusterDrift.ClockSkew.ALLOWED;

  private ClockComparison() {}

  /**
   * The clock of a member that was not seen may differ, and so may one that was read in a slow
   * poll: that ends no drift.
   */
  static Evaluation evaluate(ClusterContext cluster) {
    var answering = cluster.members().answering().values();
    return Evaluation.of(
        cluster.isWhole() && areSurelyEqual(answering)
            ? EnumSet.of(DriftKind.CLOCK_SKEW)
            : EnumSet.noneOf(DriftKind.class),
        Subject.of(cluster.cluster()),
        compare(cluster.cluster(), answering).stream().toList());
  }

  /** The two clocks that surely differ most, if that is more than is allowed. */
  private static Optional<Drift> compare(Cluster cluster, Collection<LiveInstance> answering) {
    var ahead = answering.stream().max(Comparator.comparing(live -> live.clock().least()));
    var behind = answering.stream().min(Comparator.comparing(live -> live.clock().most()));
    return ahead.flatMap(
        fast ->
            behind
                .map(slow -> new ClusterDrift.ClockSkew(cluster, fast, slow))
                .filter(skew -> skew.difference().least().compareTo(ALLOWED) > 0));
  }

  private static boolean areSurelyEqual(Collection<LiveInstance> answering) {
    return answering.stream()
        .allMatch(
            fast ->
                answering.stream()
                    .filter(slow -> !slow.equals(fast))
                    .map(slow -> fast.clock().minus(slow.clock()).most())
                    .allMatch(most -> most.compareTo(ALLOWED) <= 0));
  }
}
