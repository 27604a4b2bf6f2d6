package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is the same for all clusters of a comparison.
 *
 * @param adrift instances that may be the unknown downstream of another cluster: the silent leaders
 *     of standby clusters, and all that hide whom they follow
 * @param declared all endpoints at which an instance is declared
 * @param undeclared by the cluster that they belong to
 * @param steady endpoints that were in production when they were looked at before, and whose server
 *     has not restarted since
 * @param nodes the hosts on which instances are declared
 */
record FleetContext(
    List<Instance> adrift,
    Set<Endpoint> declared,
    Map<String, List<UndeclaredServer>> undeclared,
    Set<Endpoint> steady,
    SlotUse slotUse,
    Set<String> nodes,
    Policy policy) {

  static FleetContext of(Inventory declared, Topology live, Policy policy, Set<Endpoint> steady) {
    return new FleetContext(
        everybody(declared)
            .filter(
                instance ->
                    live.at(instance.endpoint())
                        .map(found -> found.upstream() instanceof LiveUpstream.Hidden)
                        .orElse(instance.isStandbyLeader()))
            .toList(),
        everybody(declared).map(Instance::endpoint).collect(Collectors.toCollection(TreeSet::new)),
        ClusterAttribution.among(declared, live).stream()
            .collect(Collectors.groupingBy(UndeclaredServer::cluster)),
        steady,
        SlotUse.of(declared, live),
        declared.instances().map(it -> it.endpoint().host()).collect(Collectors.toSet()),
        policy);
  }

  private static Stream<Instance> everybody(Inventory declared) {
    return Stream.concat(declared.instances(), declared.elsewhere().stream());
  }
}
