package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.DialledService;
import io.pgtopo.agent.service.ManagerVocabulary;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.InstanceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The metrics of what a cluster should be: its services, and its links with what became of them.
 */
record DeclaredMetrics(ClusterView view, Topology live, OtherSources others, ScrapeSeries series) {
  static void render(ClusterView view, Snapshot snapshot, DisplayNames names, ScrapeSeries series) {
    var live = snapshot.topology();
    var metrics =
        new DeclaredMetrics(view, live, snapshot.others(), series.with(view.cluster().name()));
    view.members().forEach(member -> metrics.link(member, names));
    var roles = MemberRoles.live(view.cluster(), live);
    view.cluster().services().forEach(service -> metrics.service(service, roles));
    metrics.managers();
    snapshot.others().managers().tables(view.cluster()).stream()
        .filter(table -> !table.isCopy())
        .forEach(table -> metrics.table(table, names));
  }

  private void table(Opinion table, DisplayNames names) {
    for (var instance : view.cluster().instances()) {
      table
          .of(view.cluster(), instance)
          .flatMap(it -> ManagerVocabulary.of(table.manager()).role(it))
          .ifPresent(
              role -> {
                for (var one : LiveRole.values()) {
                  series
                      .with(instance.name(), table.manager().label())
                      .put(
                          MetricFamily.MANAGER_TABLE_ROLE,
                          one == role ? 1 : 0,
                          names.of(table.last().address()),
                          one.label());
                }
              });
    }
  }

  private void managers() {
    var speaking = new ArrayList<Word.Spoken>();
    for (var instance : view.cluster().instances()) {
      others
          .managers()
          .of(view.cluster(), instance)
          .ifPresent(
              opinion -> {
                var own = series.with(instance.name());
                own.put(MetricFamily.MANAGER_UP, opinion.now().isPresent() ? 1 : 0);
                opinion.now().ifPresent(speaking::add);
                opinion
                    .now()
                    .flatMap(Word.Spoken::own)
                    .flatMap(it -> ManagerVocabulary.of(opinion.manager()).role(it))
                    .ifPresent(role -> role(own, role));
              });
    }
    if (!speaking.isEmpty()) {
      var isPaused = speaking.stream().anyMatch(it -> it.flags().contains(Flag.PAUSED));
      series.put(MetricFamily.MANAGER_PAUSED, isPaused ? 1 : 0);
    }
  }

  private static void role(ScrapeSeries own, LiveRole role) {
    for (var one : LiveRole.values()) {
      own.put(MetricFamily.MANAGER_ROLE, one == role ? 1 : 0, one.label());
    }
  }

  private void link(InstanceView member, DisplayNames names) {
    var declared = upstream(member.declared());
    if (declared.isPresent()) {
      var link = series.with(names.of(declared.get()), member.declared().name());
      link.put(MetricFamily.REPLICATION_LINK_DECLARED, 1);
      isConnected(declared.get(), member)
          .ifPresent(
              isConnected ->
                  link.put(MetricFamily.REPLICATION_LINK_CONNECTED, isConnected ? 1 : 0));
    }
  }

  private Optional<Endpoint> upstream(Instance instance) {
    return switch (instance.upstream()) {
      case DeclaredUpstream.None none -> Optional.empty();
      case DeclaredUpstream.ClusterLeader leader ->
          view.cluster().primary().map(Instance::endpoint);
      case DeclaredUpstream.Member(var endpoint) -> Optional.of(endpoint);
      case DeclaredUpstream.Outside(var endpoint) -> Optional.of(endpoint);
    };
  }

  /** Empty if it is unknown. */
  private Optional<Boolean> isConnected(Endpoint upstream, InstanceView member) {
    var from = new Peer.Known(live.serverAt(upstream));
    var to = new Peer.Known(live.serverAt(member.declared().endpoint()));
    var isThere =
        view.links().stream()
            .anyMatch(link -> link.upstream().equals(from) && link.downstream().equals(to));
    return isThere ? Optional.of(true) : member.live().flatMap(DeclaredMetrics::denies);
  }

  private static Optional<Boolean> denies(LiveInstance downstream) {
    return switch (downstream.upstream()) {
      // An undeclared server may be the declared upstream at another address.
      case LiveUpstream.Follows(var peer) when peer instanceof Peer.Unknown -> Optional.empty();
      case LiveUpstream.Follows follows -> Optional.of(false);
      case LiveUpstream.NotNeeded notNeeded -> Optional.of(false);
      case LiveUpstream.Detached detached -> Optional.of(false);
      case LiveUpstream.Foreign foreign -> Optional.of(false);
      case LiveUpstream.Hidden hidden -> Optional.empty();
    };
  }

  private void service(Service service, MemberRoles roles) {
    var own = series.with(service.name());
    own.put(
        MetricFamily.SERVICE_INFO,
        1,
        Integer.toString(service.listen().port()),
        service.definition().destination().label());
    DialledService.of(service, others.dials())
        .byAddress()
        .forEach(
            (address, clients) -> {
              if (!clients.isEmpty()) {
                isUp(clients.getLast())
                    .ifPresent(
                        isUp ->
                            own.put(
                                MetricFamily.SERVICE_ADDRESS_UP, isUp ? 1 : 0, address.toString()));
              }
            });
    ServiceRoute.of(service, roles::of).servers().forEach(server -> server(own, server));
    BalancedService.of(view.cluster(), service, others.balancers())
        .byNode()
        .forEach((node, found) -> found.serving().ifPresent(it -> serving(own, service, node, it)));
  }

  /** Only declared servers: a load balancer may have any number of others. */
  private static void serving(
      ScrapeSeries own, Service service, String node, List<ProxyServer> serving) {
    var names = serving.stream().map(ProxyServer::name).collect(Collectors.toSet());
    Stream.concat(service.members().stream(), service.backups().stream())
        .map(Service.Server::instance)
        .forEach(
            name ->
                own.put(MetricFamily.SERVICE_SERVING, names.contains(name) ? 1 : 0, name, node));
  }

  /** A refused login and a lost network say nothing of other clients. */
  private static Optional<Boolean> isUp(Dial dial) {
    return switch (dial.answer()) {
      case Dial.Answer.Server server -> Optional.of(true);
      case Dial.Answer.Failed(var failure) ->
          failure.isNoServer() ? Optional.of(false) : Optional.empty();
    };
  }

  private static void server(ScrapeSeries service, ServiceRoute.RoutedServer routed) {
    var server = routed.server();
    var labels = new String[] {server.instance(), server.endpoint().host(), routed.use().label()};
    service.put(MetricFamily.SERVICE_DECLARED_WEIGHT, server.weight(), labels);
    switch (routed.turn()) {
      case SERVES -> service.put(MetricFamily.SERVICE_EXPECTED, 1, labels);
      case IDLE, OUT -> service.put(MetricFamily.SERVICE_EXPECTED, 0, labels);
      case UNKNOWN -> {}
    }
  }
}
