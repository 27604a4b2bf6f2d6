package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.CheckResult;
import io.pgtopo.agent.service.CheckedRole;
import io.pgtopo.agent.service.DialledService;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The services as they are declared, and which of their servers should get connections: what a load
 * balancer does that has what is declared.
 */
public record ServicesReport(
    List<ServiceReport> services,
    @JsonPropertyDescription(
            "the services that load balancers have under the name of a cluster, and no inventory")
        List<UndeclaredReport> undeclared,
    @JsonPropertyDescription("what the Patroni of each instance believes, where it is read")
        List<ManagerView> managers) {

  /** A service with its servers. */
  public record ServiceReport(
      String cluster,
      String name,
      String fullName,
      String address,
      int port,
      String destination,
      String check,
      List<ServerReport> members,
      List<ServerReport> backups,
      @JsonPropertyDescription("kinds of drift of the service that are open")
          @OneOf(DriftKind.class)
          List<String> drift,
      @JsonPropertyDescription("the last connections of this agent through the service")
          List<DialReport> dials,
      @JsonPropertyDescription("what the load balancer of each node reports of the service")
          List<BalancerView> balancers) {

    private static ServiceReport of(
        Cluster cluster,
        ServiceRoute route,
        Function<String, Optional<Integer>> answered,
        List<String> drift,
        List<DialReport> dials,
        List<BalancerView> balancers) {
      var service = route.service();
      return new ServiceReport(
          cluster.name(),
          service.name(),
          service.fullName(cluster.name()),
          service.listen().ip(),
          service.listen().port(),
          service.definition().destination().label(),
          service.definition().check(),
          servers(route, ServiceRoute.Use.MEMBER, answered),
          servers(route, ServiceRoute.Use.BACKUP, answered),
          drift,
          dials,
          balancers);
    }

    private static List<ServerReport> servers(
        ServiceRoute route, ServiceRoute.Use use, Function<String, Optional<Integer>> answered) {
      return route.servers().stream()
          .filter(server -> server.use() == use)
          .map(server -> ServerReport.of(server, answered))
          .toList();
    }

    /** Members and backups. */
    public Stream<ServerReport> servers() {
      return Stream.concat(members.stream(), backups.stream());
    }
  }

  /** A service that is not declared; its port is not known. */
  public record UndeclaredReport(
      String cluster,
      String name,
      String fullName,
      @JsonPropertyDescription("kinds of drift of the service that are open")
          @OneOf(DriftKind.class)
          List<String> drift,
      @JsonPropertyDescription("what each load balancer that has the service reports of it")
          List<BalancerView> balancers) {

    private static Stream<UndeclaredReport> of(Cluster cluster, Snapshot snapshot) {
      var balancers = snapshot.others().balancers();
      return BalancedService.undeclared(cluster, balancers).entrySet().stream()
          .map(
              it ->
                  new UndeclaredReport(
                      cluster.name(),
                      it.getKey(),
                      cluster.name() + "-" + it.getKey(),
                      ServicesReport.drift(cluster, it.getKey(), snapshot),
                      BalancerView.of(it.getValue(), balancers)));
    }
  }

  /** A server of a service. */
  public record ServerReport(
      String instance,
      String address,
      int weight,
      @JsonPropertyDescription("its role, as health checks tell roles apart")
          @OneOf(CheckedRole.class)
          String role,
      @JsonPropertyDescription("whether it passes the health check, as Patroni answers it")
          @OneOf(CheckResult.class)
          String healthCheck,
      @JsonPropertyDescription(
              "the status of HTTP that its Patroni answers to the health check; null if unknown")
          Optional<Integer> answered,
      @JsonPropertyDescription("whether it should get connections") @OneOf(ServiceRoute.Turn.class)
          String expected) {

    private static ServerReport of(
        ServiceRoute.RoutedServer routed, Function<String, Optional<Integer>> answered) {
      return new ServerReport(
          routed.server().instance(),
          routed.server().endpoint().toString(),
          routed.server().weight(),
          routed.role().label(),
          routed.check().label(),
          answered.apply(routed.server().instance()),
          routed.turn().label());
    }
  }

  /** One connection through a service. */
  public record DialReport(
      String address,
      Instant at,
      @JsonPropertyDescription("the member that it reached; null if it is none, or is unknown")
          Optional<String> instance,
      @JsonPropertyDescription("the role that the server had then; null if none let the login in")
          @OneOf(LiveRole.class)
          Optional<String> role,
      Optional<InstanceReport.FailureReport> failure) {

    private static DialReport of(Dial dial, Cluster cluster, Topology live) {
      return switch (dial.answer()) {
        case Dial.Answer.Server server ->
            new DialReport(
                dial.address().toString(),
                dial.window().to(),
                cluster.instances().stream()
                    .filter(
                        it ->
                            live.at(it.endpoint())
                                .filter(found -> server.is(found.facts().identity()))
                                .isPresent())
                    .map(Instance::name)
                    .findFirst(),
                Optional.of(
                    server.recovery() == Dial.Recovery.IN_RECOVERY
                        ? LiveRole.REPLICA.label()
                        : LiveRole.PRIMARY.label()),
                Optional.empty());
        case Dial.Answer.Failed(var failure) ->
            new DialReport(
                dial.address().toString(),
                dial.window().to(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new InstanceReport.FailureReport(
                        failure.kind().label(), failure.message(), failure.sqlState())));
      };
    }
  }

  private static List<DialReport> dials(Cluster cluster, Service service, Snapshot snapshot) {
    return DialledService.of(service, snapshot.others().dials()).byAddress().values().stream()
        .flatMap(List::stream)
        .map(dial -> DialReport.of(dial, cluster, snapshot.topology()))
        .toList();
  }

  /** Of some declared clusters; without a snapshot no role is known. */
  public static ServicesReport of(List<Cluster> clusters, Optional<Snapshot> snapshot) {
    return new ServicesReport(
        clusters.stream().flatMap(cluster -> services(cluster, snapshot)).toList(),
        snapshot.stream()
            .flatMap(it -> clusters.stream().flatMap(cluster -> UndeclaredReport.of(cluster, it)))
            .toList(),
        snapshot.stream()
            .flatMap(it -> clusters.stream().flatMap(cluster -> ManagerView.of(cluster, it)))
            .toList());
  }

  private static Stream<ServiceReport> services(Cluster cluster, Optional<Snapshot> snapshot) {
    return cluster.services().stream()
        .map(
            service ->
                ServiceReport.of(
                    cluster,
                    route(cluster, service, snapshot),
                    instance -> snapshot.flatMap(it -> answered(cluster, service, instance, it)),
                    snapshot.map(it -> drift(cluster, service.name(), it)).orElse(List.of()),
                    snapshot.map(it -> dials(cluster, service, it)).orElse(List.of()),
                    snapshot
                        .map(it -> BalancerView.of(cluster, service, it.others().balancers()))
                        .orElse(List.of())));
  }

  /** What the Patroni of an instance answers to the health check of a service. */
  private static Optional<Integer> answered(
      Cluster cluster, Service service, String instance, Snapshot snapshot) {
    return cluster.instances().stream()
        .filter(it -> it.name().equals(instance))
        .findFirst()
        .flatMap(it -> snapshot.others().managers().of(cluster, it))
        .flatMap(Managers.Opinion::now)
        .flatMap(it -> Optional.ofNullable(it.checks().get(service.definition().check())));
  }

  private static ServiceRoute route(Cluster cluster, Service service, Optional<Snapshot> snapshot) {
    return snapshot
        .map(it -> MemberRoles.live(cluster, it.topology()))
        .map(roles -> ServiceRoute.of(service, roles::of))
        .orElseGet(() -> ServiceRoute.of(service, instance -> CheckedRole.UNKNOWN));
  }

  private static List<String> drift(Cluster cluster, String service, Snapshot snapshot) {
    var subject = Subject.of(cluster).part(Subject.Part.Type.SERVICE, service);
    return snapshot.judgement().drifts().stream()
        .filter(JudgedDrift::counts)
        .filter(judged -> judged.drift().subject().equals(subject))
        .map(judged -> judged.drift().topic().label())
        .toList();
  }

  /** Those of some clusters. */
  public ServicesReport only(Predicate<String> cluster) {
    return new ServicesReport(
        services.stream().filter(service -> cluster.test(service.cluster())).toList(),
        undeclared.stream().filter(service -> cluster.test(service.cluster())).toList(),
        managers.stream().filter(manager -> cluster.test(manager.cluster())).toList());
  }
}
