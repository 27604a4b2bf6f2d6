package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether the members of a cluster run one minor version. */
final class VersionComparison {
  private VersionComparison() {}

  /** Another version may be that of a member that was not seen. */
  static Evaluation evaluate(ClusterContext cluster) {
    return Evaluation.of(
        cluster.isWhole() ? EnumSet.of(DriftKind.VERSION_MIX) : EnumSet.noneOf(DriftKind.class),
        Subject.of(cluster.cluster()),
        compare(cluster.cluster(), cluster.members().answering()).stream().toList());
  }

  /** The versions that differ, each with its instances; a different major version is not meant. */
  private static Optional<Drift> compare(Cluster cluster, Map<Instance, LiveInstance> answering) {
    var byVersion = new TreeMap<ServerVersion, List<String>>();
    answering.forEach(
        (instance, found) ->
            byVersion
                .computeIfAbsent(found.facts().identity().version(), version -> new ArrayList<>())
                .add(instance.name()));
    var majors = byVersion.keySet().stream().map(ServerVersion::major).distinct().count();
    if (byVersion.size() < 2 || majors > 1) {
      return Optional.empty();
    }
    return Optional.of(new ClusterDrift.VersionMix(cluster, byVersion));
  }
}
