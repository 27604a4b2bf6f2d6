package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.Verdict;
import io.pgtopo.agent.topology.AddressBook;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that differs or could not be judged.
 *
 * @param clusters what was looked at, in order of the names
 */
record Report(List<OfCluster> clusters) {

  /**
   * Of one cluster.
   *
   * @param agreed kinds that were judged for all of it and found nowhere
   * @param open what counts: drifts first, then what is unverifiable
   * @param quiet what does not count: ignored first, then suspended
   */
  record OfCluster(
      String cluster,
      int instances,
      int reachable,
      Health health,
      List<String> agreed,
      List<ToldDrift> open,
      List<ToldDrift> quiet) {}

  /**
   * How well a cluster is.
   *
   * @param causes codes, each once
   */
  record Health(String label, List<String> causes) {
    static Health of(Verdict verdict) {
      return new Health(
          verdict.health().label(),
          verdict.causes().stream().map(cause -> cause.code().label()).distinct().toList());
    }
  }

  static Report of(Snapshot snapshot, List<ClusterView> views) {
    var words = new DriftText(AddressBook.of(snapshot.inventory()));
    return new Report(views.stream().map(view -> of(view, words)).toList());
  }

  private static OfCluster of(ClusterView view, DriftText words) {
    return new OfCluster(
        view.cluster().name(),
        view.members().size(),
        view.reachable(),
        Health.of(view.verdict()),
        view.agreed().stream().map(kind -> kind.label()).toList(),
        Stream.concat(view.drifts().stream(), view.unverifiable().stream())
            .map(tracked -> ToldDrift.of(view.judged(tracked), words))
            .toList(),
        view.quiet().stream()
            .sorted(Comparator.comparing(DriftMetrics::standing))
            .map(judged -> ToldDrift.of(judged, words))
            .toList());
  }

  Stream<ToldDrift> open() {
    return clusters.stream().flatMap(cluster -> cluster.open().stream());
  }

  Stream<ToldDrift> quiet() {
    return clusters.stream().flatMap(cluster -> cluster.quiet().stream());
  }

  Summary summary() {
    return new Summary(
        clusters.size(),
        clusters.stream().mapToInt(OfCluster::instances).sum(),
        clusters.stream().mapToInt(OfCluster::reachable).sum(),
        (int) open().filter(drift -> !drift.isUnverifiable()).count(),
        (int) open().filter(ToldDrift::isUnverifiable).count(),
        (int) quiet().count());
  }
}
