package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.topology.LiveInstance;
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
import java.util.Optional;

/**
 * The metrics of what a cluster should be: its services, and its links with what became of them.
 */
record DeclaredMetrics(ClusterView view, Topology live, ScrapeSeries series) {
  static void render(ClusterView view, Topology live, DisplayNames names, ScrapeSeries series) {
    var metrics = new DeclaredMetrics(view, live, series.with(view.cluster().name()));
    view.members().forEach(member -> metrics.link(member, names));
    view.cluster().services().forEach(metrics::service);
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

  private void service(Service service) {
    var own = series.with(service.name());
    own.put(
        MetricFamily.SERVICE_INFO,
        1,
        Integer.toString(service.listen().port()),
        service.definition().destination().label());
    service.members().forEach(server -> weight(own, server, "member"));
    service.backups().forEach(server -> weight(own, server, "backup"));
  }

  private static void weight(ScrapeSeries service, Service.Server server, String use) {
    service.put(
        MetricFamily.SERVICE_DECLARED_WEIGHT,
        server.weight(),
        server.instance(),
        server.endpoint().host(),
        use);
  }
}
