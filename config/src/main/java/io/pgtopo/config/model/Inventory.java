package io.pgtopo.config.model;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The declared clusters and nodes.
 *
 * @param clusters by name; remote ones too
 * @param nodes by address; one for each instance that is not remote
 * @param elsewhere declared instances that this agent does not poll
 */
public record Inventory(List<Cluster> clusters, List<Node> nodes, List<Instance> elsewhere) {

  public Inventory {
    elsewhere =
        elsewhere.stream()
            .sorted(Comparator.comparing(Instance::cluster).thenComparingInt(Instance::seq))
            .toList();
    clusters = clusters.stream().sorted(Comparator.comparing(Cluster::name)).toList();
    nodes = nodes.stream().sorted(Comparator.comparing(Node::address)).toList();
  }

  public Inventory(List<Cluster> clusters, List<Node> nodes) {
    this(clusters, nodes, List.of());
  }

  public Inventory(List<Cluster> clusters) {
    this(clusters, List.of());
  }

  /** The instances to poll, cluster by cluster. */
  public Stream<Instance> instances() {
    return clusters.stream().flatMap(cluster -> cluster.instances().stream());
  }

  /** The VIPs of the clusters of which every member is polled. */
  public Stream<Endpoint> virtualEndpoints() {
    return clusters.stream()
        .filter(
            cluster ->
                elsewhere.stream().noneMatch(other -> other.cluster().equals(cluster.name())))
        .flatMap(cluster -> cluster.virtualEndpoint().stream());
  }

  /** The databases that declare schemas or extensions, by the endpoints of their instances. */
  public SortedMap<Endpoint, SortedSet<String>> interiors() {
    var interiors = new TreeMap<Endpoint, SortedSet<String>>();
    for (var cluster : clusters) {
      var names =
          cluster.databases().stream()
              .filter(database -> database.contents().isDeclared())
              .map(Database::name)
              .collect(Collectors.toCollection(TreeSet::new));
      if (!names.isEmpty()) {
        cluster.instances().forEach(instance -> interiors.put(instance.endpoint(), names));
      }
    }
    return interiors;
  }
}
