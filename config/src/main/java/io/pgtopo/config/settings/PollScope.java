package io.pgtopo.config.settings;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Labelled;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The part of the declared inventory that an agent polls. */
public enum PollScope implements Labelled {
  /** The instances of the agent's own node. */
  LOCAL,
  /** The clusters of those, and the clusters upstream and downstream of these. */
  CLUSTER,
  /** Everything that is declared. */
  FLEET;

  /**
   * The inventory to poll. Its other instances are {@link Inventory#elsewhere}.
   *
   * @param isOwn whether an instance runs on the agent's own node
   */
  public Inventory of(Inventory declared, Predicate<Instance> isOwn) {
    return switch (this) {
      case LOCAL -> local(declared, isOwn);
      case CLUSTER -> related(declared, isOwn);
      case FLEET -> declared;
    };
  }

  private static Inventory local(Inventory declared, Predicate<Instance> isOwn) {
    var clusters =
        declared.clusters().stream()
            .map(cluster -> cluster.withInstances(own(cluster, isOwn)))
            .filter(cluster -> !cluster.instances().isEmpty())
            .toList();
    return part(declared, clusters);
  }

  private static List<Instance> own(Cluster cluster, Predicate<Instance> isOwn) {
    return cluster.instances().stream().filter(isOwn).toList();
  }

  private static Inventory related(Inventory declared, Predicate<Instance> isOwn) {
    var chosen = new TreeSet<String>();
    declared.clusters().stream()
        .filter(cluster -> !own(cluster, isOwn).isEmpty())
        .forEach(cluster -> chosen.add(cluster.name()));
    while (declared.clusters().stream()
        .filter(cluster -> isRelated(cluster, declared, chosen))
        .map(Cluster::name)
        .reduce(false, (grown, name) -> chosen.add(name) || grown, Boolean::logicalOr)) {
      // Repeated: a standby cluster may follow a standby cluster.
    }
    return part(
        declared,
        declared.clusters().stream().filter(cluster -> chosen.contains(cluster.name())).toList());
  }

  /** Whether a cluster is upstream or downstream of one of the chosen. */
  private static boolean isRelated(Cluster cluster, Inventory declared, Set<String> chosen) {
    return upstreams(cluster, declared).stream().anyMatch(chosen::contains)
        || declared.clusters().stream()
            .filter(other -> chosen.contains(other.name()))
            .anyMatch(other -> upstreams(other, declared).contains(cluster.name()));
  }

  /** The upstream clusters of one. */
  private static Set<String> upstreams(Cluster cluster, Inventory declared) {
    var followed =
        cluster.instances().stream()
            .map(Instance::upstream)
            .filter(DeclaredUpstream.Outside.class::isInstance)
            .map(upstream -> ((DeclaredUpstream.Outside) upstream).endpoint())
            .collect(Collectors.toSet());
    return declared
        .instances()
        .filter(instance -> followed.contains(instance.endpoint()))
        .map(Instance::cluster)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Inventory part(Inventory declared, List<Cluster> clusters) {
    var watched = new Inventory(clusters, List.of());
    var endpoints = watched.instances().map(Instance::endpoint).collect(Collectors.toSet());
    var hosts = endpoints.stream().map(Endpoint::host).collect(Collectors.toSet());
    var nodes = declared.nodes().stream().filter(node -> hosts.contains(node.address())).toList();
    var elsewhere = new ArrayList<>(declared.elsewhere());
    elsewhere.addAll(declared.instances().toList());
    elsewhere.removeIf(instance -> endpoints.contains(instance.endpoint()));
    return new Inventory(clusters, nodes, elsewhere);
  }
}
