package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.words.DriftText;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that differs or could not be judged.
 *
 * @param clusters what was looked at, in order of the names
 */
public record DriftReport(List<OfCluster> clusters) {

  /**
   * Of one cluster.
   *
   * @param agreed kinds that were judged for all of it and found nowhere
   * @param open what counts: drifts first, then what is unverifiable
   * @param quiet what does not count: ignored first, then suspended
   */
  public record OfCluster(
      String cluster,
      int instances,
      int reachable,
      Health health,
      List<String> agreed,
      List<DriftView> open,
      List<DriftView> quiet) {}

  /**
   * How well a cluster is.
   *
   * @param causes codes, each once
   */
  public record Health(String label, List<String> causes) {
    public static Health of(Verdict verdict) {
      return new Health(
          verdict.health().label(),
          verdict.causes().stream().map(cause -> cause.code().label()).distinct().toList());
    }
  }

  public static DriftReport of(Snapshot snapshot, List<ClusterView> views) {
    var words = new DriftText(snapshot.addresses());
    return new DriftReport(views.stream().map(view -> of(view, words)).toList());
  }

  private static OfCluster of(ClusterView view, DriftText words) {
    return new OfCluster(
        view.cluster().name(),
        view.members().size(),
        view.reachable(),
        Health.of(view.verdict()),
        view.agreed().stream().map(kind -> kind.label()).toList(),
        Stream.concat(view.drifts().stream(), view.unverifiable().stream())
            .map(tracked -> DriftView.of(view.judged(tracked), words))
            .toList(),
        view.quiet().stream()
            .sorted(Comparator.comparing(JudgedDrift::state))
            .map(judged -> DriftView.of(judged, words))
            .toList());
  }

  public Stream<DriftView> open() {
    return clusters.stream().flatMap(cluster -> cluster.open().stream());
  }

  public Stream<DriftView> quiet() {
    return clusters.stream().flatMap(cluster -> cluster.quiet().stream());
  }

  public Summary summary() {
    return new Summary(
        clusters.size(),
        clusters.stream().mapToInt(OfCluster::instances).sum(),
        clusters.stream().mapToInt(OfCluster::reachable).sum(),
        (int) open().filter(drift -> !drift.isUnverifiable()).count(),
        (int) open().filter(DriftView::isUnverifiable).count(),
        (int) quiet().count());
  }
}
