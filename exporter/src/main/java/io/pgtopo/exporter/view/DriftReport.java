package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How clusters differ from what is declared, with what could not be evaluated beside it. */
public record DriftReport(
    Instant endedAt,
    @OneOf(Agreement.class)
        @JsonPropertyDescription("of the clusters, whatever kinds and severities are listed")
        String verdict,
    int clusters,
    int instances,
    int reachable,
    List<DriftEntry> drifts,
    List<DriftEntry> unverifiable,
    @JsonPropertyDescription("by a rule of the policy") List<DriftEntry> ignored,
    @JsonPropertyDescription("by a maintenance") List<DriftEntry> suspended,
    @JsonPropertyDescription("not there now, but they come and go") List<DriftEntry> flapping) {

  /** What may be claimed of several clusters together. */
  public enum Agreement implements Labelled {
    /** Everything was evaluated, and nothing differs. */
    AGREEMENT,
    /** Something differs. */
    DRIFT,
    /** Nothing is known to differ, but something could not be evaluated, or no server answered. */
    UNKNOWN;

    private static Agreement of(List<ClusterSummary> clusters) {
      if (clusters.stream().allMatch(it -> it.reachable() == 0)) {
        return UNKNOWN;
      }
      if (clusters.stream().anyMatch(it -> it.drifts() > 0)) {
        return DRIFT;
      }
      return clusters.stream().anyMatch(it -> it.unverifiable() > 0) ? UNKNOWN : AGREEMENT;
    }
  }

  /** Some clusters, and of their drifts those that are wanted. */
  public static DriftReport of(
      Snapshot snapshot, List<ClusterView> views, Predicate<JudgedDrift> wanted) {
    var words = new DriftText(snapshot.addresses());
    var adviser =
        new Adviser(
            snapshot.inventory(),
            snapshot.topology(),
            snapshot.others().managers(),
            snapshot.drifts());
    Function<JudgedDrift, DriftEntry> entry = judged -> DriftEntry.of(judged, words, adviser);
    return of(
        snapshot.window().to(),
        views.stream().map(ClusterSummary::of).toList(),
        entries(views.stream().flatMap(ClusterView::drifts), wanted, entry),
        entries(views.stream().flatMap(ClusterView::unverifiable), wanted, entry),
        entries(quiet(views, Standing.Ignored.class), wanted, entry),
        entries(quiet(views, Standing.Suspended.class), wanted, entry),
        entries(flapping(views), wanted, entry));
  }

  private static DriftReport of(
      Instant endedAt,
      List<ClusterSummary> clusters,
      List<DriftEntry> drifts,
      List<DriftEntry> unverifiable,
      List<DriftEntry> ignored,
      List<DriftEntry> suspended,
      List<DriftEntry> flapping) {
    return new DriftReport(
        endedAt,
        Agreement.of(clusters).label(),
        clusters.size(),
        clusters.stream().mapToInt(ClusterSummary::declared).sum(),
        clusters.stream().mapToInt(ClusterSummary::reachable).sum(),
        drifts,
        unverifiable,
        ignored,
        suspended,
        flapping);
  }

  private static List<DriftEntry> entries(
      Stream<JudgedDrift> open,
      Predicate<JudgedDrift> wanted,
      Function<JudgedDrift, DriftEntry> entry) {
    return open.filter(wanted).map(entry).toList();
  }

  private static Stream<JudgedDrift> quiet(
      List<ClusterView> views, Class<? extends Standing> standing) {
    return views.stream()
        .flatMap(view -> view.open().stream())
        .filter(judged -> standing.isInstance(judged.standing()));
  }

  private static Stream<JudgedDrift> flapping(List<ClusterView> views) {
    return quiet(views, Standing.Counts.class).filter(judged -> !judged.counts());
  }

  /** The part that is about the clusters of a topology. */
  DriftReport only(TopologyReport topology) {
    var summaries = topology.clusters().stream().map(ClusterReport::summary).toList();
    var names = summaries.stream().map(ClusterSummary::name).collect(Collectors.toSet());
    Predicate<DriftEntry> isShown = drift -> names.contains(drift.cls());
    return of(
        endedAt,
        summaries,
        drifts.stream().filter(isShown).toList(),
        unverifiable.stream().filter(isShown).toList(),
        ignored.stream().filter(isShown).toList(),
        suspended.stream().filter(isShown).toList(),
        flapping.stream().filter(isShown).toList());
  }

  /** What counts, by cluster: drifts first, then what is unverifiable. */
  public SortedMap<String, List<DriftEntry>> open() {
    return byCluster(List.of(drifts, unverifiable));
  }

  /** What counts, what a maintenance suspends, and what flaps, by cluster. */
  public SortedMap<String, List<DriftEntry>> shown() {
    return byCluster(List.of(drifts, unverifiable, suspended, flapping));
  }

  /** What does not count, by cluster: ignored first, then suspended, then what flaps. */
  public SortedMap<String, List<DriftEntry>> quiet() {
    return byCluster(List.of(ignored, suspended, flapping));
  }

  private static SortedMap<String, List<DriftEntry>> byCluster(List<List<DriftEntry>> lists) {
    return lists.stream()
        .flatMap(List::stream)
        .collect(Collectors.groupingBy(DriftEntry::cls, TreeMap::new, Collectors.toList()));
  }

  /** How many of each, in a line. */
  public String summary() {
    var quiet = ignored.size() + suspended.size();
    return "%s, %s, %s, %d unverifiable%s%s"
        .formatted(
            Plural.of(clusters, "cluster"),
            Plural.of(instances, "instance"),
            Plural.of(drifts.size(), "drift"),
            unverifiable.size(),
            quiet > 0 ? ", " + quiet + " ignored or suspended" : "",
            flapping.isEmpty() ? "" : ", " + flapping.size() + " flapping");
  }
}
