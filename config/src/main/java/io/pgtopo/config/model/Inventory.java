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
 * Everything that is declared: the clusters and the nodes, in order of their names.
 *
 * @param clusters remote ones too; their instances have no declared role
 * @param nodes one for each instance that is not remote, in order of their addresses
 * @param elsewhere instances that are declared too and that this agent does not look at: known by
 *     name and address, and not judged
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

  /** An inventory of which everything is looked at. */
  public Inventory(List<Cluster> clusters, List<Node> nodes) {
    this(clusters, nodes, List.of());
  }

  /** An inventory that says nothing of the nodes. */
  public Inventory(List<Cluster> clusters) {
    this(clusters, List.of());
  }

  /** All declared instances, cluster by cluster. */
  public Stream<Instance> instances() {
    return clusters.stream().flatMap(cluster -> cluster.instances().stream());
  }

  /**
   * The VIPs of all clusters of which each member is looked at: of others nobody could tell where
   * one leads.
   */
  public Stream<Endpoint> virtualEndpoints() {
    return clusters.stream()
        .filter(
            cluster ->
                elsewhere.stream().noneMatch(other -> other.cluster().equals(cluster.name())))
        .flatMap(cluster -> cluster.virtualEndpoint().stream());
  }

  /**
   * The databases of which it is declared what is in them, by the endpoints of the instances that
   * hold them.
   */
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

  /** The instances that Pigsty monitors without managing them: of them no role is declared. */
  public Stream<Instance> remote() {
    return instances().filter(Instance::isRemote);
  }
}
