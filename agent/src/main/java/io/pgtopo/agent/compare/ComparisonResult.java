package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.config.model.Cluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What comparing found.
 *
 * @param drifts in order of kind and subject; at most one of a kind about one subject
 * @param evaluated the kinds that could be evaluated of each declared cluster and instance, whether
 *     a drift was found or not. Where a kind is missing, the absence of drift means nothing
 * @param undeclared servers, by the cluster that they belong to
 */
public record ComparisonResult(
    List<Drift> drifts,
    SortedMap<Subject, Set<DriftKind>> evaluated,
    SortedMap<String, List<UndeclaredServer>> undeclared) {

  public ComparisonResult {
    drifts = List.copyOf(drifts);
    evaluated = Collections.unmodifiableSortedMap(new TreeMap<>(evaluated));
    undeclared = Collections.unmodifiableSortedMap(new TreeMap<>(undeclared));
  }

  /** This result with one more kind, which was evaluated of all clusters, and what was found. */
  public ComparisonResult with(DriftKind kind, List<Cluster> clusters, List<Drift> found) {
    var all = new ArrayList<>(drifts);
    all.addAll(found);
    var more = new TreeMap<>(evaluated);
    for (var cluster : clusters) {
      var kinds = EnumSet.of(kind);
      kinds.addAll(evaluated.getOrDefault(Subject.of(cluster), Set.of()));
      more.put(Subject.of(cluster), kinds);
    }
    return new ComparisonResult(all, more, undeclared);
  }

  /** The kinds that could be evaluated of a cluster as a whole, or of each of its members. */
  public Set<DriftKind> evaluatedIn(Cluster cluster) {
    var kinds = EnumSet.noneOf(DriftKind.class);
    cluster.instances().stream()
        .limit(1)
        .forEach(instance -> kinds.addAll(evaluatedOf(Subject.of(instance))));
    cluster.instances().forEach(instance -> kinds.retainAll(evaluatedOf(Subject.of(instance))));
    kinds.addAll(evaluatedOf(Subject.of(cluster)));
    return kinds;
  }

  private Set<DriftKind> evaluatedOf(Subject subject) {
    return evaluated.getOrDefault(subject, Set.of());
  }

  /** The undeclared servers of a cluster. */
  public List<UndeclaredServer> undeclaredIn(Cluster cluster) {
    return undeclared.getOrDefault(cluster.name(), List.of());
  }
}
