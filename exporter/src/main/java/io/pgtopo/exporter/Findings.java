package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.topology.AddressBook;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that differs or could not be judged.
 *
 * @param clusters what was looked at, in order of the names
 */
record Findings(List<OfCluster> clusters) {

  /**
   * Of one cluster.
   *
   * @param agreed kinds that were judged for all of it and found nowhere
   * @param open drifts first, then what is unverifiable
   */
  record OfCluster(
      String cluster, int instances, int reachable, List<String> agreed, List<Finding> open) {}

  static Findings of(Snapshot snapshot, List<ClusterView> views) {
    var words = new DriftText(AddressBook.of(snapshot.inventory()));
    return new Findings(views.stream().map(view -> of(view, words)).toList());
  }

  private static OfCluster of(ClusterView view, DriftText words) {
    return new OfCluster(
        view.cluster().name(),
        view.members().size(),
        view.reachable(),
        view.agreed().stream().map(kind -> kind.label()).toList(),
        Stream.concat(view.drifts().stream(), view.unverifiable().stream())
            .map((TrackedDrift tracked) -> Finding.of(tracked, words))
            .toList());
  }

  Stream<Finding> open() {
    return clusters.stream().flatMap(cluster -> cluster.open().stream());
  }

  Summary summary() {
    return new Summary(
        clusters.size(),
        clusters.stream().mapToInt(OfCluster::instances).sum(),
        clusters.stream().mapToInt(OfCluster::reachable).sum(),
        (int) open().filter(finding -> !finding.isUnverifiable()).count(),
        (int) open().filter(Finding::isUnverifiable).count());
  }
}
