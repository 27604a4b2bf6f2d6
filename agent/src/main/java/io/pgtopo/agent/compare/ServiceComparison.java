package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Routing;
import io.pgtopo.agent.drift.ServiceDrift;
import io.pgtopo.agent.drift.ServiceDrift.ServiceMisrouted;
import io.pgtopo.agent.drift.ServiceDrift.ServiceMisrouted.Misdirection;
import io.pgtopo.agent.drift.ServiceDrift.ServiceMisrouted.Proof;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.DialledService;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether the declared services still lead to servers of the roles that they are for: their members
 * and backups are picked by declared roles, their health checks follow the live ones. Where clients
 * of this agent connected through a service, what they reached counts.
 */
final class ServiceComparison {
  private final ClusterContext context;
  private final MemberRoles declared;
  private final MemberRoles live;

  /** Of each member that answered, even if it is not known which one leads. */
  private final Map<String, LiveRole> roles;

  private final Map<Service, DialledService> dialled;
  private final Map<Service, BalancedService> balanced;

  private ServiceComparison(ClusterContext context) {
    this.context = context;
    this.declared = MemberRoles.declared(context.cluster());
    this.live = MemberRoles.live(context.cluster(), context.live());
    this.roles =
        context.members().answering().entrySet().stream()
            .collect(Collectors.toMap(it -> it.getKey().name(), it -> it.getValue().role()));
    var dials = context.fleet().earlier().others().dials();
    this.dialled =
        context.cluster().services().stream()
            .distinct()
            .collect(
                Collectors.toMap(service -> service, service -> DialledService.of(service, dials)));
    var balancers = context.fleet().earlier().others().balancers();
    this.balanced =
        balancers.isEmpty()
            ? Map.of()
            : context.cluster().services().stream()
                .distinct()
                .collect(
                    Collectors.toMap(
                        service -> service,
                        service -> BalancedService.of(context.cluster(), service, balancers)));
  }

  static Evaluation evaluate(ClusterContext context) {
    return context.cluster().services().isEmpty()
        ? Evaluation.NOTHING
        : new ServiceComparison(context).compare();
  }

  /** A kind of which something is unknown about one service is left out. */
  private Evaluation compare() {
    // Without a load balancer the services are only declared.
    var isLoaded = balanced.values().stream().anyMatch(BalancedService::isLoaded);
    var isReported = isLoaded && balanced.values().stream().allMatch(BalancedService::isWhole);
    var hasBalancer = isLoaded || hasAnswered();
    var kinds = EnumSet.of(DriftKind.SERVICE_MISROUTED);
    if (isReported) {
      kinds.add(DriftKind.BACKEND_MISMATCH);
    }
    if (hasBalancer
        && (isReported || dialled.values().stream().allMatch(DialledService::isWhole))) {
      kinds.add(DriftKind.SERVICE_DOWN);
    }
    var drifts = new ArrayList<Drift>();
    for (var service : context.cluster().services()) {
      var wanted = ServiceRoute.of(service, declared::of).reached();
      var route = ServiceRoute.of(service, live::of);
      var clients = dialled.getOrDefault(service, new DialledService(new TreeMap<>()));
      if (hasBalancer) {
        down(wanted.orElse(Set.of()), route, clients).ifPresent(drifts::add);
      }
      if (isLoaded) {
        mismatch(service).ifPresent(drifts::add);
      }
      if (wanted.isEmpty()
          || (route.reached().isEmpty()
              && clients.reached().isEmpty()
              && serving(service).isEmpty())) {
        kinds.remove(DriftKind.SERVICE_MISROUTED);
      } else {
        misrouted(wanted.get(), route, clients).ifPresent(drifts::add);
      }
    }
    if (isLoaded) {
      drifts.addAll(undeclared());
    }
    return Evaluation.of(kinds, Subject.of(context.cluster()), drifts);
  }

  /** Whether a client of any service ever found that one is there. */
  private boolean hasAnswered() {
    var answered = context.fleet().earlier().others().dials().answered();
    return context.cluster().services().stream()
        .flatMap(service -> service.listen().endpoints().stream())
        .anyMatch(answered::contains);
  }

  private List<Drift> undeclared() {
    var cluster = context.cluster();
    var balancers = context.fleet().earlier().others().balancers();
    return BalancedService.undeclared(cluster, balancers).entrySet().stream()
        .<Drift>map(
            it -> new ServiceDrift.UndeclaredService(cluster, it.getKey(), it.getValue().servers()))
        .toList();
  }

  /**
   * Whether clients, or all load balancers, show that a service leads to servers of its roles: then
   * it was rendered from another inventory than this one.
   */
  static boolean leadsRight(ClusterContext context, String name) {
    var comparison = new ServiceComparison(context);
    return context.cluster().services().stream()
        .filter(service -> service.name().equals(name))
        .anyMatch(comparison::leadsRight);
  }

  private boolean leadsRight(Service service) {
    var wanted = ServiceRoute.of(service, declared::of).reached();
    if (wanted.isEmpty()) {
      return false;
    }
    var route = ServiceRoute.of(service, live::of);
    var clients = dialled.getOrDefault(service, new DialledService(new TreeMap<>()));
    var areClientsRight = isEnough(route, clients) && wanted.get().containsAll(clients.roles());
    var areBalancersRight =
        isReportedOfAll(service) && sentWrongly(wanted.get(), service).isEmpty();
    return clients.reached().isEmpty() ? areBalancersRight : areClientsRight;
  }

  private static boolean isEnough(ServiceRoute route, DialledService clients) {
    return !clients.reached().isEmpty() && clients.reached().size() >= 2 * route.serving().size();
  }

  /** Whether it is known of each load balancer where it sends connections. */
  private boolean isReportedOfAll(Service service) {
    return Optional.ofNullable(balanced.get(service))
        .filter(it -> it.isLoaded() && it.isWhole() && it.without().isEmpty())
        .filter(it -> it.byNode().values().stream().allMatch(on -> on.serving().isPresent()))
        .isPresent();
  }

  /** Where no member has the role, no service could lead to one. */
  private boolean isToBeHad(Set<LiveRole> wanted) {
    return roles.values().stream().anyMatch(wanted::contains);
  }

  private Optional<Drift> misrouted(
      Set<LiveRole> wanted, ServiceRoute route, DialledService clients) {
    var seen = new TreeMap<String, LiveInstance>();
    context.members().answering().forEach((member, found) -> seen.put(member.name(), found));
    var proof = clients.reached().stream().flatMap(it -> proof(it, wanted, seen).stream()).toList();
    var sent = sentWrongly(wanted, route.service());
    var effect =
        proof.isEmpty()
            ? sent.map(ServiceComparison::reported).or(() -> implied(wanted, route, clients))
            : Optional.of(proved(clients, proof));
    return effect.map(
        it -> new ServiceMisrouted(context.cluster(), it, wanted, route, seen, proof, sent));
  }

  /** The servers that get connections by what load balancers report, and whose role is known. */
  private List<String> serving(Service service) {
    return Optional.ofNullable(balanced.get(service)).stream()
        .flatMap(it -> it.serving().stream())
        .filter(roles::containsKey)
        .toList();
  }

  /** Where load balancers send connections, if some go to a server of another role. */
  private Optional<ServiceMisrouted.Balanced> sentWrongly(Set<LiveRole> wanted, Service service) {
    var wrong =
        serving(service).stream()
            .filter(name -> !wanted.contains(Objects.requireNonNull(roles.get(name))))
            .toList();
    if (wrong.isEmpty() || !isToBeHad(wanted)) {
      return Optional.empty();
    }
    var found = Objects.requireNonNull(balanced.get(service));
    var serving = new TreeMap<String, List<String>>();
    for (var node : found.byNode().keySet()) {
      found
          .servingOn(node)
          .filter(names -> names.stream().anyMatch(wrong::contains))
          .ifPresent(names -> serving.put(node, names));
    }
    return Optional.of(new ServiceMisrouted.Balanced(serving, wrong, found.sessions()));
  }

  private static Routing.Effect reported(ServiceMisrouted.Balanced sent) {
    return sent.serving().values().stream().flatMap(List::stream).allMatch(sent.wrong()::contains)
        ? Routing.Effect.WRONG_ROLE
        : Routing.Effect.MIXED;
  }

  private Optional<Drift> mismatch(Service service) {
    var found = Objects.requireNonNull(balanced.get(service));
    var differing = found.differences();
    return differing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ServiceDrift.BackendMismatch(
                context.cluster(), service, differing, found.agreeing()));
  }

  private Optional<Proof> proof(
      DialledService.Reached reached, Set<LiveRole> wanted, SortedMap<String, LiveInstance> seen) {
    var server = reached.server();
    var member =
        seen.entrySet().stream()
            .filter(it -> server.is(it.getValue().facts().identity()))
            .map(Map.Entry::getKey)
            .findFirst();
    if (context
        .origin()
        .flatMap(Origin::systemId)
        .filter(own -> server.systemId().filter(it -> !it.equals(own)).isPresent())
        .filter(own -> !isAtSilentMember(server))
        .isPresent()) {
      return Optional.of(new Proof(reached, member, Misdirection.OTHER_CLUSTER));
    }
    if (!wanted.contains(reached.role()) && isToBeHad(wanted)) {
      return Optional.of(new Proof(reached, member, Misdirection.WRONG_ROLE));
    }
    return member.isEmpty() && isStranger(server)
        ? Optional.of(new Proof(reached, member, Misdirection.NO_MEMBER))
        : Optional.empty();
  }

  /**
   * The cluster's system identifier may be that of a member that did not answer, whose address is
   * unknown if it is declared by name, or if a pooler hides it.
   */
  private boolean isAtSilentMember(Dial.Answer.Server server) {
    return context.members().silent().stream()
        .map(Instance::endpoint)
        .anyMatch(
            it ->
                server.serverAddress().filter(address -> !address.equals(it)).isEmpty()
                    || IpAddress.parse(it.host()).isEmpty());
  }

  /** A member that was restarted since has the address of a member; behind a pooler none shows. */
  private boolean isStranger(Dial.Answer.Server server) {
    return context.isWhole()
        && server
            .serverAddress()
            .filter(
                address ->
                    context.cluster().instances().stream()
                        .noneMatch(it -> it.endpoint().equals(address)))
            .filter(
                address ->
                    context.members().answering().values().stream()
                        .map(found -> found.facts().identity().serverAddress())
                        .noneMatch(Optional.of(address)::equals))
            .isPresent();
  }

  private static Routing.Effect proved(DialledService clients, List<Proof> proof) {
    return proof.size() < clients.reached().size()
        ? Routing.Effect.MIXED
        : Routing.Effect.WRONG_ROLE;
  }

  /**
   * What the declaration implies if no connection reaches a server of the role, unless clients have
   * reached so many servers that those of the wrong role would have been among them, or all load
   * balancers report that they send none there.
   */
  private Optional<Routing.Effect> implied(
      Set<LiveRole> wanted, ServiceRoute route, DialledService clients) {
    return isEnough(route, clients) || isReportedOfAll(route.service())
        ? Optional.empty()
        : route
            .reached()
            .flatMap(reached -> Routing.Effect.between(wanted, reached))
            .filter(effect -> effect.isMisrouted() && isToBeHad(wanted));
  }

  /** A load balancer that has no server for a connection closes it, which may be by design. */
  private Optional<Drift> down(Set<LiveRole> wanted, ServiceRoute route, DialledService clients) {
    var hasServer = route.serving().stream().anyMatch(this::isOwn);
    var isElsewhere = !serving(route.service()).isEmpty();
    var mayServe =
        route.servers().stream()
            .filter(it -> mayServe(it, wanted))
            .map(it -> it.server().instance())
            .toList();
    var dials = context.fleet().earlier().others().dials();
    var down =
        clients.down().stream()
            .filter(dial -> hasServer || isElsewhere || !isKind(dial, Failure.Kind.CONNECTION_LOST))
            .filter(
                dial ->
                    !mayBeOneOfSeveral(dial, route.service(), mayServe)
                        || isKind(dial, Failure.Kind.REFUSED)
                        || dials.isDown(dial.address()))
            .toList();
    var empty = hasServer ? empty(route.service()) : List.<ServiceDrift.ServiceDown.EmptyProxy>of();
    if (down.isEmpty() && empty.isEmpty()) {
      return Optional.empty();
    }
    var others =
        clients.reached().stream().map(it -> it.dial().address()).distinct().sorted().toList();
    return Optional.of(
        new ServiceDrift.ServiceDown(
            context.cluster(), route.service().name(), down, empty, others));
  }

  private boolean mayServe(ServiceRoute.RoutedServer server, Set<LiveRole> wanted) {
    return switch (server.turn()) {
      case SERVES -> true;
      case IDLE, OUT -> false;
      case UNKNOWN ->
          Optional.ofNullable(roles.get(server.server().instance()))
              .filter(role -> !wanted.contains(role))
              .isEmpty();
    };
  }

  /** Whether a client may just have met a bad server, by what its load balancer uses. */
  private boolean mayBeOneOfSeveral(Dial dial, Service service, List<String> declared) {
    var used =
        Optional.ofNullable(balanced.get(service))
            .flatMap(it -> it.servingOn(dial.address().host()))
            .orElse(declared);
    return used.size() > 1 && used.stream().anyMatch(this::mayBeBad);
  }

  /** Whether a server may accept no connection. */
  private boolean mayBeBad(String name) {
    return seen(name).filter(found -> found.refusal().isEmpty()).isEmpty();
  }

  /** Whether a server has the data of the cluster. */
  private boolean isOwn(ServiceRoute.RoutedServer server) {
    return seen(server.server().instance()).map(LiveInstance::origin).equals(context.origin());
  }

  private Optional<LiveInstance> seen(String name) {
    return context.members().answering().entrySet().stream()
        .filter(it -> it.getKey().name().equals(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The load balancers that have no server for a connection. */
  private List<ServiceDrift.ServiceDown.EmptyProxy> empty(Service service) {
    var found = Optional.ofNullable(balanced.get(service));
    return found.stream()
        .flatMap(it -> it.empty().stream())
        .map(
            node ->
                new ServiceDrift.ServiceDown.EmptyProxy(
                    new Endpoint(node, service.listen().port()),
                    Objects.requireNonNull(found.orElseThrow().byNode().get(node))
                        .proxy()
                        .servers()))
        .toList();
  }

  private static boolean isKind(Dial dial, Failure.Kind kind) {
    return dial.answer() instanceof Dial.Answer.Failed(var failure) && failure.kind() == kind;
  }
}
