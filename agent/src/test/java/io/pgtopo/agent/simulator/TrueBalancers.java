package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The services {@code primary} and {@code replica} of each cluster, and an HAProxy on each of its
 * nodes that has them as Pigsty renders them, and asks the Patroni of each server whether it is
 * available. Its dice are its own, so that worlds are the same with it and without.
 */
final class TrueBalancers {
  /** What happens to one of them. */
  private enum Fault {
    NONE,
    STOPPED,
    /** It was rendered before a service was declared. */
    WITHOUT_SERVICE,
    /** It has a server that was removed. */
    WITH_REMOVED_SERVER,
    WITHOUT_SERVER,
    /** The backup of a service is a member of it. */
    WITHOUT_BACKUP
  }

  private static final int PORT = 9101;
  private static final int WEIGHT = 100;
  private static final Duration READING = Duration.ofSeconds(1);

  private final Random random;
  private final TrueManagers patroni;
  private final boolean isThere;
  private final boolean hasStatistics;
  private final List<TrueProxy> proxies = new ArrayList<>();
  private final Set<String> stopped = new TreeSet<>();
  private boolean isStruck;

  /** A service on a node. */
  private static final class TrueProxy {
    final String cluster;
    final Service service;
    final String node;
    final Map<String, Use> servers = new TreeMap<>();
    final Map<String, Long> sessions = new HashMap<>();

    TrueProxy(String cluster, Service service, String node) {
      this.cluster = cluster;
      this.service = service;
      this.node = node;
      service.members().forEach(server -> servers.put(server.instance(), Use.MEMBER));
      service.backups().forEach(server -> servers.put(server.instance(), Use.BACKUP));
    }

    Endpoint address() {
      return new Endpoint(node, service.listen().port());
    }

    boolean isAsDeclared() {
      return servers.equals(new TrueProxy(cluster, service, node).servers);
    }
  }

  private enum Use {
    MEMBER,
    BACKUP
  }

  TrueBalancers(long seed, TrueManagers patroni, Inventory inventory) {
    this.random = new Random(seed);
    this.patroni = patroni;
    this.isThere = patroni.isThere && random.nextBoolean();
    this.hasStatistics = random.nextBoolean();
    if (isThere) {
      for (var cluster : inventory.clusters()) {
        for (var service : services(cluster)) {
          service
              .listen()
              .nodes()
              .forEach(node -> proxies.add(new TrueProxy(cluster.name(), service, node)));
        }
      }
    }
  }

  /** The inventory of a world, with the services of its clusters. */
  Inventory declared(Inventory inventory) {
    return isThere
        ? new Inventory(inventory.clusters().stream().map(TrueBalancers::balanced).toList())
        : inventory;
  }

  private static Cluster balanced(Cluster cluster) {
    return new Cluster(
        cluster.name(),
        cluster.traits(),
        cluster.instances(),
        services(cluster),
        cluster.databases(),
        cluster.roles());
  }

  private static List<Service> services(Cluster cluster) {
    var all = servers(cluster.instances());
    var first = servers(cluster.instances().subList(0, 1));
    var replicas = all.stream().filter(server -> !first.contains(server)).toList();
    return List.of(
        service(cluster, "primary", 5433, "/primary", all, List.of()),
        service(cluster, "replica", 5434, "/read-only", replicas, first));
  }

  private static List<Service.Server> servers(List<Instance> instances) {
    return instances.stream()
        .map(it -> new Service.Server(it.name(), it.endpoint(), WEIGHT))
        .toList();
  }

  private static Service service(
      Cluster cluster,
      String name,
      int port,
      String check,
      List<Service.Server> members,
      List<Service.Server> backups) {
    return new Service(
        name,
        new Service.Listen(
            "*", port, cluster.instances().stream().map(it -> it.endpoint().host()).toList()),
        new Service.Definition(
            "[]", Optional.empty(), Service.Destination.Standard.POSTGRES, check),
        members,
        backups);
  }

  /** Lets something happen to one of them, or nothing. */
  void strike() {
    isStruck = true;
    if (proxies.isEmpty()) {
      return;
    }
    var proxy = proxies.get(random.nextInt(proxies.size()));
    switch (Fault.values()[random.nextInt(Fault.values().length)]) {
      case NONE -> {}
      case STOPPED -> stopped.add(proxy.node);
      case WITHOUT_SERVICE -> proxies.remove(proxy);
      case WITH_REMOVED_SERVER -> proxy.servers.put(proxy.cluster + "-99", Use.MEMBER);
      case WITHOUT_SERVER -> proxy.servers.remove(proxy.servers.keySet().iterator().next());
      case WITHOUT_BACKUP -> proxy.servers.replaceAll((server, use) -> Use.MEMBER);
    }
  }

  /** What clients find at each address of a service; later one in ten is not dialled. */
  List<Dial> dial(TrueWorld world, Inventory declared) {
    var dials = new ArrayList<Dial>();
    if (isThere) {
      for (var cluster : declared.clusters()) {
        for (var service : cluster.services()) {
          for (var address : service.listen().endpoints()) {
            if (random.nextInt(10) > 0 || !isStruck) {
              dials.add(new Dial(address, now(world), answer(address, world)));
            }
          }
        }
      }
    }
    return dials;
  }

  private static Window now(TrueWorld world) {
    return new Window(world.now.minus(READING), world.now);
  }

  private Dial.Answer answer(Endpoint address, TrueWorld world) {
    var proxy = at(address);
    if (proxy.isEmpty()) {
      return failed(Failure.Kind.REFUSED, "connection refused");
    }
    var serving = serving(proxy.get(), world);
    if (serving.isEmpty()) {
      return failed(Failure.Kind.CONNECTION_LOST, "closed");
    }
    var server = serving.get(random.nextInt(serving.size()));
    proxy.get().sessions.merge(server.name, 1L, Long::sum);
    return answer(server.leadsTo.orElse(server));
  }

  private static Dial.Answer answer(TrueServer reached) {
    if (!reached.isAlive) {
      return failed(Failure.Kind.CONNECTION_LOST, "closed");
    }
    if (reached.isHung) {
      return failed(Failure.Kind.HUNG, "no answer to the startup packet");
    }
    return reached.refusal.isPresent()
        ? new Dial.Answer.Failed(reached.refusal.get())
        : new Dial.Answer.Server(
            Optional.of(new SystemId(reached.system)),
            reached.started,
            5432,
            Optional.of(new Endpoint(reached.address, 5432)),
            reached.isInProduction ? Dial.Recovery.IN_PRODUCTION : Dial.Recovery.IN_RECOVERY);
  }

  private static Dial.Answer failed(Failure.Kind kind, String message) {
    return new Dial.Answer.Failed(Failure.of(kind, message));
  }

  private Optional<TrueProxy> at(Endpoint address) {
    return proxies.stream()
        .filter(proxy -> proxy.address().equals(address) && !stopped.contains(proxy.node))
        .findFirst();
  }

  /** The members that are available; without one the first backup that is. */
  private List<TrueServer> serving(TrueProxy proxy, TrueWorld world) {
    var members = available(proxy, Use.MEMBER, world);
    return members.isEmpty()
        ? available(proxy, Use.BACKUP, world).stream().limit(1).toList()
        : members;
  }

  private List<TrueServer> available(TrueProxy proxy, Use use, TrueWorld world) {
    return world.of(proxy.cluster).stream()
        .filter(server -> proxy.servers.get(server.name) == use)
        .filter(server -> isAvailable(proxy.service, server))
        .toList();
  }

  private boolean isAvailable(Service service, TrueServer server) {
    return service.name().equals("primary") ? patroni.leads(server) : patroni.runs(server);
  }

  /** What each HAProxy reports of itself. */
  List<BalancerReport> read(TrueWorld world) {
    var byNode = new TreeMap<String, TreeMap<String, Proxy>>();
    for (var proxy : proxies) {
      byNode
          .computeIfAbsent(proxy.node, unused -> new TreeMap<>())
          .put(proxy.service.fullName(proxy.cluster), reported(proxy, world));
    }
    var reports = new ArrayList<BalancerReport>();
    byNode.forEach(
        (node, loaded) ->
            reports.add(
                new BalancerReport(
                    new Endpoint(node, PORT),
                    now(world),
                    stopped.contains(node)
                        ? new Reply.Silent(Failure.of(Failure.Kind.REFUSED, "connection refused"))
                        : new Reply.Running(loaded, Optional.empty()))));
    return reports;
  }

  private Proxy reported(TrueProxy proxy, TrueWorld world) {
    var up = new TreeSet<String>();
    world.of(proxy.cluster).stream()
        .filter(server -> isAvailable(proxy.service, server))
        .forEach(server -> up.add(server.name));
    var servers = new ArrayList<ProxyServer>();
    proxy.servers.forEach(
        (name, use) ->
            servers.add(
                new ProxyServer(
                    name,
                    up.contains(name) ? ServerStatus.UP : ServerStatus.DOWN,
                    WEIGHT,
                    hasStatistics
                        ? Optional.of(use == Use.MEMBER ? ServerUse.ACTIVE : ServerUse.BACKUP)
                        : Optional.empty(),
                    proxy.sessions.getOrDefault(name, 0L))));
    return new Proxy(
        servers,
        available(proxy, Use.MEMBER, world).size(),
        available(proxy, Use.BACKUP, world).size());
  }

  /** What they show of each service, with the statistics or without. */
  Set<DriftKind> shown() {
    return hasStatistics
        ? EnumSet.of(
            DriftKind.SERVICE_DOWN, DriftKind.SERVICE_MISROUTED, DriftKind.BACKEND_MISMATCH)
        : EnumSet.of(DriftKind.SERVICE_DOWN);
  }

  /** What is wrong with the services, by what they lead to: kinds and subjects. */
  Map<DriftKind, Set<String>> wrong(TrueWorld world, Inventory declared) {
    var wrong = new TreeMap<DriftKind, Set<String>>();
    if (isThere) {
      for (var cluster : declared.clusters()) {
        for (var service : cluster.services()) {
          for (var kind : wrong(cluster, service, world)) {
            wrong
                .computeIfAbsent(kind, unused -> new TreeSet<>())
                .add(
                    Subject.of(cluster).part(Subject.Part.Type.SERVICE, service.name()).toString());
          }
        }
      }
    }
    return wrong;
  }

  private Set<DriftKind> wrong(Cluster cluster, Service service, TrueWorld world) {
    var kinds = new TreeSet<DriftKind>();
    var isForReplicas =
        service.name().equals("replica")
            && !(cluster.instances().size() == 1 && cluster.declaresWriter());
    var system = world.of(cluster.name()).getFirst().system;
    var fit =
        world.of(cluster.name()).stream()
            .filter(server -> server.isRunning() && server.leadsTo.isEmpty())
            .filter(server -> server.system == system)
            .filter(server -> server.isInProduction != isForReplicas)
            .toList();
    var addresses = service.listen().endpoints();
    var isServed =
        addresses.stream()
            .flatMap(address -> reached(address, world).stream())
            .anyMatch(it -> !isNoAnswer(it));
    for (var address : addresses) {
      var proxy = at(address);
      var reached = reached(address, world);
      if (proxy.isEmpty() || isDown(reached, !fit.isEmpty() || isServed)) {
        kinds.add(DriftKind.SERVICE_DOWN);
      }
      if (reached.stream()
          .filter(TrueServer::isRunning)
          .anyMatch(
              it ->
                  (it.isInProduction == isForReplicas && !fit.isEmpty()) || it.system != system)) {
        kinds.add(DriftKind.SERVICE_MISROUTED);
      }
      if (!stopped.contains(address.host()) && proxy.filter(TrueProxy::isAsDeclared).isEmpty()) {
        kinds.add(DriftKind.BACKEND_MISMATCH);
      }
    }
    return kinds;
  }

  /** The servers that clients of an address may get. */
  private List<TrueServer> reached(Endpoint address, TrueWorld world) {
    return at(address).stream()
        .flatMap(proxy -> serving(proxy, world).stream())
        .map(server -> server.leadsTo.orElse(server))
        .toList();
  }

  /**
   * Where no member could serve, a load balancer closes connections as it should; and a server that
   * refuses one has answered.
   */
  private static boolean isDown(List<TrueServer> reached, boolean isExpected) {
    return reached.isEmpty()
        ? isExpected
        : reached.stream().allMatch(TrueBalancers::isNoAnswer)
            && (isExpected || reached.stream().anyMatch(it -> it.isAlive));
  }

  private static boolean isNoAnswer(TrueServer reached) {
    return answer(reached) instanceof Dial.Answer.Failed(var failure) && !failure.kind().isAnswer();
  }
}
