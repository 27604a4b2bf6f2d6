package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.topology.LiveCluster;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The live topology. An empty {@link java.util.Optional} means unknown or not applicable. */
public record TopologyReport(
    Instant startedAt,
    Instant endedAt,
    List<ClusterReport> clusters,
    @JsonPropertyDescription("all servers by system identifier") List<SystemReport> systems) {

  /** All servers with one system identifier, in whatever cluster they are declared. */
  public record SystemReport(Optional<String> systemIdentifier, List<String> members) {
    private static SystemReport of(LiveCluster system, DisplayNames names) {
      return new SystemReport(
          system.origin().systemId().map(Object::toString),
          system.members().stream().map(names::of).toList());
    }
  }

  /** The instances in one list. */
  public record InstancesReport(Instant endedAt, List<InstanceReport> instances) {
    public static InstancesReport of(Snapshot snapshot, List<ClusterView> views) {
      return new InstancesReport(
          snapshot.window().to(),
          views.stream()
              .flatMap(
                  view ->
                      view.members().stream()
                          .map(member -> InstanceReport.of(member, view.cluster(), snapshot)))
              .toList());
    }
  }

  public static TopologyReport of(Snapshot snapshot, List<ClusterView> views) {
    var book = snapshot.addresses();
    var names = new DisplayNames(book);
    return new TopologyReport(
        snapshot.window().from(),
        snapshot.window().to(),
        views.stream().map(view -> ClusterReport.of(view, snapshot)).toList(),
        snapshot.topology().clusters().values().stream()
            .map(system -> SystemReport.of(system, names))
            .toList());
  }

  /** The part that is about some clusters. */
  TopologyReport only(Predicate<String> cluster) {
    return new TopologyReport(
        startedAt,
        endedAt,
        clusters.stream().filter(it -> cluster.test(it.summary().name())).toList(),
        systems);
  }
}
