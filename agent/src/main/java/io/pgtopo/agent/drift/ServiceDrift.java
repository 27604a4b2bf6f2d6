package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.DialledService;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is wrong with a service of a cluster. */
public sealed interface ServiceDrift extends Drift {
  /** The cluster that declares it. */
  Cluster cluster();

  /** Its name, without that of the cluster. */
  String service();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case ServiceMisrouted misrouted -> DriftKind.SERVICE_MISROUTED;
      case ServiceDown down -> DriftKind.SERVICE_DOWN;
      case BackendMismatch mismatch -> DriftKind.BACKEND_MISMATCH;
      case UndeclaredService undeclared -> DriftKind.BACKEND_MISMATCH;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(cluster()).part(Subject.Part.Type.SERVICE, service());
  }

  /**
   * {@link DriftKind#SERVICE_MISROUTED}.
   *
   * @param effect by what clients reached, or else by the route
   * @param wanted the roles of the servers that get connections if all is as declared
   * @param route as the declared configuration implies it under the roles that the members have
   * @param seen the members that answered, by name
   * @param proof the servers that clients got and should not have; empty if no one dialled, or none
   *     of these was among those that were reached
   * @param balanced where load balancers send connections; empty if none that answered misroutes
   */
  record ServiceMisrouted(
      Cluster cluster,
      Routing.Effect effect,
      Set<LiveRole> wanted,
      ServiceRoute route,
      SortedMap<String, LiveInstance> seen,
      List<Proof> proof,
      Optional<Balanced> balanced)
      implements ServiceDrift {

    /**
     * Where load balancers send connections.
     *
     * @param serving the servers that get them, of each node that misroutes
     * @param wrong those of them that have another role
     * @param sessions how many connections each server got since the report before
     */
    public record Balanced(
        SortedMap<String, List<String>> serving,
        List<String> wrong,
        SortedMap<String, Long> sessions) {
      public Balanced {
        serving = Collections.unmodifiableSortedMap(new TreeMap<>(serving));
        wrong = List.copyOf(wrong);
        sessions = Collections.unmodifiableSortedMap(new TreeMap<>(sessions));
      }

      /** Of all connections, those to a wrong server. */
      public long misrouted() {
        return wrong.stream().mapToLong(name -> sessions.getOrDefault(name, 0L)).sum();
      }

      /** All connections. */
      public long all() {
        return sessions.values().stream().mapToLong(Long::longValue).sum();
      }
    }

    /**
     * A server that a client got and should not have.
     *
     * @param member the one that it is
     */
    public record Proof(
        DialledService.Reached reached, Optional<String> member, Misdirection why) {}

    /** What is wrong with a server that a client got. */
    public enum Misdirection {
      WRONG_ROLE,
      /** It has another system identifier than the cluster. */
      OTHER_CLUSTER,
      /** All members answer, and it is none of them. */
      NO_MEMBER
    }

    public ServiceMisrouted {
      wanted = Collections.unmodifiableSet(EnumSet.copyOf(wanted));
      seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
      proof = List.copyOf(proof);
    }

    @Override
    public String service() {
      return route.service().name();
    }

    /** A warning unless it reaches a server that it is for. */
    @Override
    public Severity severity() {
      return effect.isMisrouted() ? Severity.WARNING : Severity.INFO;
    }

    /**
     * What load balancers reported is gone if they still report, or were stopped. What clients
     * proved is gone if newer clients of the same address got no wrong server, as many as it has
     * servers: a load balancer takes them in turn. What the roles imply is gone if they are known,
     * and imply it no more.
     */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      var isKnown = !proof.isEmpty() && !others.dials().isEmpty();
      var isReported = balanced.isPresent() && !others.balancers().isEmpty();
      return (isKnown || isReported || isRouteKnown(now))
          && (!isKnown || isNoLongerMet(others))
          && (!isReported || !isAnyHidden(others));
    }

    private boolean isRouteKnown(Topology now) {
      var roles = MemberRoles.live(cluster, now);
      return ServiceRoute.of(route.service(), roles::of).reached().isPresent();
    }

    private boolean isAnyHidden(OtherSources others) {
      return balanced.stream()
          .flatMap(it -> it.serving().keySet().stream())
          .anyMatch(others.balancers()::isHidden);
    }

    private boolean isNoLongerMet(OtherSources others) {
      var enough = route.servers().size() + 1;
      return proof.stream()
          .map(got -> got.reached().dial())
          .allMatch(
              dial ->
                  DialledService.hasAnswers(
                      others.dials().since(dial.address(), dial.window().to()), enough));
    }

    /** Whether clients or load balancers show it, and not only the declaration. */
    public boolean isProved() {
      return !proof.isEmpty() || balanced.isPresent();
    }

    /** What clients reached is known though members are silent, even those that they reached. */
    @Override
    public List<Endpoint> sources() {
      return !isProved() ? seen.values().stream().map(LiveInstance::endpoint).toList() : List.of();
    }
  }

  /**
   * {@link DriftKind#SERVICE_DOWN}.
   *
   * @param addresses at which clients get no server, and how the last one failed
   * @param empty whose load balancer has no server for connections
   * @param others at which they get one
   */
  record ServiceDown(
      Cluster cluster,
      String service,
      List<Dial> addresses,
      List<EmptyProxy> empty,
      List<Endpoint> others)
      implements ServiceDrift {

    /** A load balancer by the address of the service there, with its servers. */
    public record EmptyProxy(Endpoint address, List<BalancerReport.ProxyServer> servers) {
      public EmptyProxy {
        servers = List.copyOf(servers);
      }
    }

    public ServiceDown {
      addresses = List.copyOf(addresses);
      empty = List.copyOf(empty);
      others = List.copyOf(others);
    }

    /** While a load balancer that had no server is hidden, it is unknown whether it has one. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return others.balancers().isEmpty()
          || empty.stream().noneMatch(it -> others.balancers().isHidden(it.address().host()));
    }
  }

  /**
   * {@link DriftKind#BACKEND_MISMATCH}.
   *
   * @param differing what each load balancer has otherwise than declared, by its node
   * @param agreeing the nodes whose load balancer has what is declared
   */
  record BackendMismatch(
      Cluster cluster,
      Service declared,
      SortedMap<String, List<BalancedService.Deviation>> differing,
      List<String> agreeing)
      implements ServiceDrift {
    public BackendMismatch {
      differing = Collections.unmodifiableSortedMap(new TreeMap<>(differing));
      agreeing = List.copyOf(agreeing);
    }

    @Override
    public String service() {
      return declared.name();
    }

    /** What a load balancer has loaded is only known while it answers. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return others.balancers().isEmpty()
          || differing.keySet().stream()
              .allMatch(node -> others.balancers().running(node).isPresent());
    }
  }

  /**
   * {@link DriftKind#BACKEND_MISMATCH}.
   *
   * @param loaded its servers, by the node of each load balancer that has it
   */
  record UndeclaredService(Cluster cluster, String service, SortedMap<String, List<String>> loaded)
      implements ServiceDrift {
    public UndeclaredService {
      loaded = Collections.unmodifiableSortedMap(new TreeMap<>(loaded));
    }

    /** What a load balancer has loaded is only known while it answers. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return others.balancers().isEmpty()
          || loaded.keySet().stream()
              .allMatch(node -> others.balancers().running(node).isPresent());
    }
  }
}
