package io.pgtopo.exporter.view;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Node;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of the safety of clusters.
 *
 * @param promote name of the only candidate; empty for all
 * @param lose name or address of a node, or name of a zone or an instance, that is lost; empty for
 *     none
 */
public record SafetyQuestion(Optional<String> promote, Optional<String> lose) {
  /** Whether the primary can be replaced by any member. */
  public static final SafetyQuestion ANY = new SafetyQuestion(Optional.empty(), Optional.empty());

  /** What is wrong with it, in a sentence: a name that is not declared. */
  public Optional<String> mistake(Inventory inventory) {
    return promote
        .filter(name -> inventory.instances().noneMatch(it -> it.name().equals(name)))
        .map("instance %s is not declared"::formatted)
        .or(
            () ->
                lose.filter(
                        name ->
                            inventory.clusters().stream()
                                .allMatch(it -> lost(it, inventory).isEmpty()))
                    .map("node, zone or instance %s is not declared"::formatted));
  }

  /** The candidate, if it is a member of a cluster. */
  Optional<Instance> promoted(Cluster cluster) {
    return cluster.instances().stream()
        .filter(it -> promote.filter(it.name()::equals).isPresent())
        .findFirst();
  }

  /** The instances of a cluster that are lost. */
  List<Instance> lost(Cluster cluster, Inventory inventory) {
    var addresses =
        lose.stream()
            .flatMap(
                name ->
                    Stream.concat(
                        Stream.of(name),
                        inventory.nodes().stream()
                            .filter(node -> isCalled(node, name))
                            .map(Node::address)))
            .collect(Collectors.toSet());
    return cluster.instances().stream()
        .filter(
            it ->
                lose.filter(it.name()::equals).isPresent()
                    || addresses.contains(it.endpoint().host()))
        .toList();
  }

  private static boolean isCalled(Node node, String name) {
    return node.name().filter(name::equals).isPresent()
        || node.zone().filter(zone -> name.equals(zone) || name.equals("zone " + zone)).isPresent();
  }

  /** Whether it is about a cluster. */
  boolean concerns(Cluster cluster, Inventory inventory) {
    return (promote.isEmpty() || promoted(cluster).isPresent())
        && (lose.isEmpty() || !lost(cluster, inventory).isEmpty());
  }
}
