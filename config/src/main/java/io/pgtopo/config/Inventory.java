package io.pgtopo.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that is declared: the clusters, in order of their names.
 *
 * @param clusters remote ones too; their instances have no declared role
 */
public record Inventory(List<Cluster> clusters) {

  public Inventory {
    clusters = clusters.stream().sorted(Comparator.comparing(Cluster::name)).toList();
  }

  /** All declared instances, cluster by cluster. */
  public Stream<Instance> instances() {
    return clusters.stream().flatMap(cluster -> cluster.instances().stream());
  }
}
