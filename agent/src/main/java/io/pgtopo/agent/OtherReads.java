package io.pgtopo.agent;

import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is read besides polling servers. Used by one thread. */
final class OtherReads {
  private final SideReads<Endpoint, Dial> dials;
  private final SideReads<String, BalancerReport> balancers;
  private final SideReads<ManagerAddress, ManagerReport> managers;
  private final SideReads<Endpoint, ManagerReport> tables;
  private final SideReads<String, NameReport> names;
  private final Duration patience;
  private OtherSources sources = OtherSources.NONE;

  /**
   * One that has read nothing.
   *
   * @param patience how long a cycle waits for what it has begun
   */
  OtherReads(
      Inventory inventory, Agent.Readers readers, Duration patience, ExecutorService threads) {
    this.dials =
        new SideReads<>(
            services(inventory)
                .flatMap(service -> service.listen().endpoints().stream())
                .distinct()
                .toList(),
            readers.dial(),
            Duration.ZERO,
            threads);
    this.balancers =
        new SideReads<>(
            services(inventory)
                .flatMap(service -> service.listen().nodes().stream())
                .distinct()
                .toList(),
            readers.balancer(),
            Duration.ZERO,
            threads);
    this.managers =
        new SideReads<>(
            inventory.clusters().stream().flatMap(OtherReads::managers).distinct().toList(),
            readers.manager(),
            Duration.ZERO,
            threads);
    this.tables =
        new SideReads<>(
            inventory.instances().map(Instance::endpoint).distinct().toList(),
            readers.table().map(Agent.Rare::read),
            readers.table().map(Agent.Rare::every).orElse(Duration.ZERO),
            threads);
    this.names =
        new SideReads<>(
            inventory.clusters().stream()
                .flatMap(cluster -> cluster.traits().dnsName().stream())
                .distinct()
                .toList(),
            readers.name().map(Agent.Rare::read),
            readers.name().map(Agent.Rare::every).orElse(Duration.ZERO),
            threads);
    this.patience = patience;
  }

  private static Stream<ManagerAddress> managers(Cluster cluster) {
    return cluster.traits().manager().stream()
        .flatMap(
            manager ->
                cluster.instances().stream()
                    .flatMap(
                        it ->
                            Managers.address(cluster, it)
                                .map(
                                    address ->
                                        new ManagerAddress(
                                            address, manager.scheme(), checks(cluster, it)))
                                .stream()));
  }

  /** Those of the services that have an instance as a member or as a backup. */
  private static List<String> checks(Cluster cluster, Instance instance) {
    return cluster.services().stream()
        .filter(
            service ->
                Stream.concat(service.members().stream(), service.backups().stream())
                    .anyMatch(server -> server.instance().equals(instance.name())))
        .map(service -> service.definition().check())
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<Service> services(Inventory inventory) {
    return inventory.clusters().stream().map(Cluster::services).flatMap(List::stream);
  }

  /** Begins with what has its turn. */
  void start(Instant steady) {
    dials.start(steady);
    balancers.start(steady);
    managers.start(steady);
    tables.start(steady);
    names.start(steady);
  }

  /** What is known by now. */
  OtherSources collect(Instant now) throws InterruptedException {
    sources =
        new OtherSources(
            sources.dials().next(dials.ended(patience), now),
            sources.balancers().next(balancers.ended(patience), now),
            sources
                .managers()
                .next(managers.ended(patience), now)
                .next(tables.ended(patience), now),
            sources.names().next(names.ended(patience), now));
    return sources;
  }

  /** Remembers what servers are: a manager that is right about what is new learns it later. */
  void seen(Topology live, Instant now) {
    if (!sources.managers().isEmpty()) {
      sources =
          new OtherSources(
              sources.dials(),
              sources.balancers(),
              sources.managers().seen(live, now),
              sources.names());
    }
  }

  /** Takes over what another one has learned of what is still declared and still read. */
  void follow(OtherReads before) {
    sources =
        new OtherSources(
            before.sources.dials().only(Set.copyOf(dials.keys())),
            before.sources.balancers().only(Set.copyOf(balancers.keys())),
            before
                .sources
                .managers()
                .only(
                    Stream.concat(
                            managers.keys().stream().map(ManagerAddress::endpoint),
                            tables.keys().stream())
                        .collect(Collectors.toSet())),
            before.sources.names().only(Set.copyOf(names.keys())));
  }
}
