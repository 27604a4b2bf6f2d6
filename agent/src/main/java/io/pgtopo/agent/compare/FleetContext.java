package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.SlotUse;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is the same for all clusters of a comparison.
 *
 * @param adrift instances that may be the unknown downstream of another cluster: the silent leaders
 *     of standby clusters, and all that hide what they follow
 * @param undeclared by the cluster that they belong to
 * @param isolation if the agent's own network is the likely cause of silence
 */
record FleetContext(
    Declared declared,
    List<Instance> adrift,
    SortedMap<String, List<UndeclaredServer>> undeclared,
    SlotUse slotUse,
    Optional<AgentIsolation> isolation,
    EarlierPoll earlier,
    Policy policy) {

  /**
   * The inventory, as rules look things up in it.
   *
   * @param endpoints at which an instance is declared, polled by this agent or not
   * @param hosts of the instances that this agent polls
   * @param elsewhere the instances that it does not poll, by cluster
   */
  record Declared(
      Set<Endpoint> endpoints, Set<String> hosts, Map<String, List<Instance>> elsewhere) {

    static Declared of(Inventory inventory) {
      return new Declared(
          all(inventory).map(Instance::endpoint).collect(Collectors.toCollection(TreeSet::new)),
          inventory.instances().map(it -> it.endpoint().host()).collect(Collectors.toSet()),
          inventory.elsewhere().stream().collect(Collectors.groupingBy(Instance::cluster)));
    }
  }

  static FleetContext of(Inventory declared, Topology live, Policy policy, EarlierPoll earlier) {
    return new FleetContext(
        Declared.of(declared),
        all(declared)
            .filter(
                instance ->
                    live.at(instance.endpoint())
                        .map(found -> found.upstream() instanceof LiveUpstream.Hidden)
                        .orElse(instance.isStandbyLeader()))
            .toList(),
        ClusterAttribution.among(declared, live).stream()
            .collect(
                Collectors.groupingBy(
                    UndeclaredServer::cluster, TreeMap::new, Collectors.toList())),
        SlotUse.of(declared, live),
        AgentIsolation.of(declared, live),
        earlier,
        policy);
  }

  private static Stream<Instance> all(Inventory declared) {
    return Stream.concat(declared.instances(), declared.elsewhere().stream());
  }
}
