package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Finding;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether the members of a cluster run one minor version. */
final class VersionComparison {
  private VersionComparison() {}

  /** The versions that differ, each with who runs it; a different major version is not meant. */
  static Optional<Drift> judge(Cluster cluster, Map<Instance, LiveInstance> answering) {
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
    return Optional.of(
        new Finding(
            DriftKind.VERSION_MIX,
            Subject.of(cluster),
            "one version",
            byVersion.keySet().stream()
                .map(ServerVersion::toString)
                .collect(Collectors.joining(" and ")),
            byVersion.entrySet().stream()
                .map(
                    entry ->
                        "server_version is %s at %s"
                            .formatted(entry.getKey(), String.join(", ", entry.getValue())))
                .toList()));
  }
}
