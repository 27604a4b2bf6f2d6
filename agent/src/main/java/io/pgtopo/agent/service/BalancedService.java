package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.agent.service.ServiceRoute.Use;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A service as the load balancers have it, which call it by its full name and its servers by the
 * names of the instances, as Pigsty renders them.
 *
 * @param byNode of each load balancer that answers and has it
 * @param without the nodes whose load balancer answers and does not have it
 * @param silent the nodes whose load balancer is unknown
 */
public record BalancedService(
    SortedMap<String, OnNode> byNode, List<String> without, List<String> silent) {

  /**
   * It on one node.
   *
   * @param differences from the declaration
   * @param serving the servers that get connections; empty if that is unknown
   * @param sessions how many connections each server got since the report before
   */
  public record OnNode(
      Proxy proxy,
      List<Deviation> differences,
      Optional<List<ProxyServer>> serving,
      Map<String, Long> sessions) {
    public OnNode {
      differences = List.copyOf(differences);
      serving = serving.map(List::copyOf);
      sessions = Collections.unmodifiableMap(new TreeMap<>(sessions));
    }
  }

  /** What a load balancer has otherwise than declared. */
  public sealed interface Deviation {
    /** A declared server that it does not have. */
    record Missing(String server) implements Deviation {}

    /** A server that is not declared. */
    record Undeclared(String server) implements Deviation {}

    /** A server that it uses otherwise. */
    record OtherUse(String server, Use declared) implements Deviation {}

    /**
     * It has another number of backups that could serve; which ones they are needs the statistics.
     */
    record OtherBackups(int declared, int found) implements Deviation {}

    /** It does not have the service at all. */
    record NotLoaded() implements Deviation {}
  }

  public BalancedService {
    byNode = Collections.unmodifiableSortedMap(new TreeMap<>(byNode));
    without = List.copyOf(without);
    silent = List.copyOf(silent);
  }

  /** A service of a cluster. */
  public static BalancedService of(Cluster cluster, Service service, Balancers balancers) {
    var name = service.fullName(cluster.name());
    var byNode = new TreeMap<String, OnNode>();
    var without = new ArrayList<String>();
    var silent = new ArrayList<String>();
    for (var node : service.listen().nodes().stream().distinct().sorted().toList()) {
      var running = balancers.running(node);
      if (running.isEmpty()) {
        silent.add(node);
      } else {
        Optional.ofNullable(running.get().proxies().get(name))
            .ifPresentOrElse(
                proxy ->
                    byNode.put(
                        node,
                        onNode(
                            differences(service, proxy),
                            proxy,
                            balancers
                                .before(node)
                                .map(Reply.Running::proxies)
                                .map(it -> it.get(name)))),
                () -> without.add(node));
      }
    }
    return new BalancedService(byNode, without, silent);
  }

  /**
   * The services that load balancers have and the inventory does not, by name without that of the
   * cluster. Nothing is declared that they could differ from.
   */
  public static SortedMap<String, BalancedService> undeclared(
      Cluster cluster, Balancers balancers) {
    var undeclared = new TreeMap<String, SortedMap<String, OnNode>>();
    for (var node : balancers.byNode().keySet()) {
      balancers.running(node).stream()
          .flatMap(it -> it.proxies().entrySet().stream())
          .filter(it -> cluster.isUndeclaredService(it.getKey()))
          .filter(it -> !it.getValue().servers().isEmpty())
          .forEach(
              it ->
                  undeclared
                      .computeIfAbsent(
                          it.getKey().substring(cluster.name().length() + 1),
                          unused -> new TreeMap<>())
                      .put(
                          node,
                          onNode(
                              List.of(),
                              it.getValue(),
                              balancers.before(node).map(all -> all.proxies().get(it.getKey())))));
    }
    var services = new TreeMap<String, BalancedService>();
    undeclared.forEach(
        (name, byNode) -> services.put(name, new BalancedService(byNode, List.of(), List.of())));
    return services;
  }

  private static OnNode onNode(List<Deviation> differences, Proxy proxy, Optional<Proxy> before) {
    return new OnNode(
        proxy, differences, serving(proxy), before.map(it -> sessions(it, proxy)).orElse(Map.of()));
  }

  private static List<Deviation> differences(Service service, Proxy proxy) {
    var declared = declared(service);
    var found = proxy.servers().stream().map(ProxyServer::name).toList();
    var differences = new ArrayList<Deviation>();
    declared.keySet().stream()
        .filter(name -> !found.contains(name))
        .map(Deviation.Missing::new)
        .forEach(differences::add);
    found.stream()
        .filter(name -> !declared.containsKey(name))
        .map(Deviation.Undeclared::new)
        .forEach(differences::add);
    for (var server : proxy.servers()) {
      var wanted = Optional.ofNullable(declared.get(server.name()));
      if (wanted.isPresent() && use(server).filter(it -> it != wanted.get()).isPresent()) {
        differences.add(new Deviation.OtherUse(server.name(), wanted.get()));
      }
    }
    if (differences.isEmpty() && proxy.servers().stream().anyMatch(it -> it.use().isEmpty())) {
      otherBackups(proxy, declared).ifPresent(differences::add);
    }
    return differences;
  }

  /** If all were used as declared, it would count other servers than it does. */
  private static Optional<Deviation> otherBackups(Proxy proxy, Map<String, Use> declared) {
    var usable = proxy.servers().stream().filter(ProxyServer::isUsable).toList();
    var backups = (int) usable.stream().filter(it -> declared.get(it.name()) == Use.BACKUP).count();
    var isCounted = proxy.activeServers() + proxy.backupServers() == usable.size();
    return isCounted && backups != proxy.backupServers()
        ? Optional.of(new Deviation.OtherBackups(backups, proxy.backupServers()))
        : Optional.empty();
  }

  private static SortedMap<String, Use> declared(Service service) {
    var declared = new TreeMap<String, Use>();
    service.backups().forEach(server -> declared.put(server.instance(), Use.BACKUP));
    service.members().forEach(server -> declared.put(server.instance(), Use.MEMBER));
    return declared;
  }

  private static Optional<Use> use(ProxyServer server) {
    return server.use().map(it -> it == ServerUse.BACKUP ? Use.BACKUP : Use.MEMBER);
  }

  /**
   * The active servers that are usable; without one the first usable backup. Where only the counts
   * of both are known, and there are both, it is unknown which ones are active.
   */
  private static Optional<List<ProxyServer>> serving(Proxy proxy) {
    var usable = proxy.servers().stream().filter(ProxyServer::isUsable).toList();
    if (proxy.backupServers() == 0 && proxy.activeServers() == usable.size()) {
      return Optional.of(usable);
    }
    if (proxy.activeServers() == 0 && usable.size() == proxy.backupServers()) {
      return Optional.of(usable.stream().limit(1).toList());
    }
    if (usable.stream().anyMatch(it -> it.use().isEmpty())) {
      return Optional.empty();
    }
    var active =
        usable.stream().filter(it -> it.use().equals(Optional.of(ServerUse.ACTIVE))).toList();
    return Optional.of(active.isEmpty() ? usable.stream().limit(1).toList() : active);
  }

  /** How many each server got between two reports; none if it was restarted in between. */
  private static Map<String, Long> sessions(Proxy before, Proxy now) {
    var counts =
        before.servers().stream()
            .collect(Collectors.toMap(ProxyServer::name, ProxyServer::sessions, Long::sum));
    var gained = new TreeMap<String, Long>();
    for (var server : now.servers()) {
      var gain = server.sessions() - counts.getOrDefault(server.name(), 0L);
      if (gain < 0) {
        return Map.of();
      }
      gained.put(server.name(), gain);
    }
    return gained;
  }

  /** The servers that each load balancer has, by its node. */
  public SortedMap<String, List<String>> servers() {
    var all = new TreeMap<String, List<String>>();
    byNode.forEach(
        (node, it) -> all.put(node, it.proxy().servers().stream().map(ProxyServer::name).toList()));
    return all;
  }

  /** Whether any load balancer has it. */
  public boolean isLoaded() {
    return !byNode.isEmpty();
  }

  /** Whether each load balancer answered. */
  public boolean isWhole() {
    return silent.isEmpty();
  }

  /** The nodes that have it as declared. */
  public List<String> agreeing() {
    return byNode.entrySet().stream()
        .filter(it -> it.getValue().differences().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The nodes on which no server of it may get connections. */
  public List<String> empty() {
    return byNode.entrySet().stream()
        .filter(it -> it.getValue().serving().filter(List::isEmpty).isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The servers that get connections on some node. */
  public List<String> serving() {
    return byNode.values().stream()
        .flatMap(it -> it.serving().stream())
        .flatMap(List::stream)
        .map(ProxyServer::name)
        .distinct()
        .sorted()
        .toList();
  }

  /** The servers that get connections on a node; empty if that is unknown. */
  public Optional<List<String>> servingOn(String node) {
    return Optional.ofNullable(byNode.get(node))
        .flatMap(OnNode::serving)
        .map(servers -> servers.stream().map(ProxyServer::name).toList());
  }

  /** What each load balancer has otherwise than declared; those that have nothing are left out. */
  public SortedMap<String, List<Deviation>> differences() {
    var all = new TreeMap<String, List<Deviation>>();
    byNode.forEach((node, it) -> all.put(node, it.differences()));
    without.forEach(node -> all.put(node, List.of(new Deviation.NotLoaded())));
    all.values().removeIf(List::isEmpty);
    return all;
  }

  /** How many connections each server got on all nodes, as far as that is known. */
  public SortedMap<String, Long> sessions() {
    var all = new TreeMap<String, Long>();
    byNode
        .values()
        .forEach(it -> it.sessions().forEach((name, count) -> all.merge(name, count, Long::sum)));
    return all;
  }

  /** The names of all nodes. */
  public Stream<String> nodes() {
    return Stream.of(byNode.keySet(), without, silent).flatMap(Collection::stream);
  }
}
