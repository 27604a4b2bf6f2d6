package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.InstanceView;
import java.util.List;
import java.util.Optional;

/**
 * The metrics of what a cluster should be: its services, and its links with what became of them.
 */
final class DeclaredMetrics {
  private final ClusterView view;
  private final Snapshot snapshot;
  private final DisplayNames names;
  private final ScrapeSeries series;
  private final String cls;

  private DeclaredMetrics(
      ClusterView view, Snapshot snapshot, DisplayNames names, ScrapeSeries series) {
    this.view = view;
    this.snapshot = snapshot;
    this.names = names;
    this.series = series;
    this.cls = view.cluster().name();
  }

  static void render(ClusterView view, Snapshot snapshot, DisplayNames names, ScrapeSeries series) {
    var metrics = new DeclaredMetrics(view, snapshot, names, series);
    view.members().forEach(metrics::link);
    view.cluster().services().forEach(metrics::service);
  }

  private void link(InstanceView member) {
    var declared = upstream(member.declared());
    if (declared.isEmpty()) {
      return;
    }
    var upstream = names.of(declared.get());
    var downstream = member.declared().name();
    series.put(MetricFamily.REPLICATION_LINK_DECLARED, 1, cls, upstream, downstream);
    isConnected(declared.get(), member)
        .ifPresent(
            isConnected ->
                series.put(
                    MetricFamily.REPLICATION_LINK_CONNECTED,
                    isConnected ? 1 : 0,
                    cls,
                    upstream,
                    downstream));
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

  /** Empty if nobody knows. */
  private Optional<Boolean> isConnected(Endpoint upstream, InstanceView member) {
    var topology = snapshot.topology();
    var from = new Peer.Known(topology.serverAt(upstream));
    var to = new Peer.Known(topology.serverAt(member.declared().endpoint()));
    var isThere =
        view.links().stream()
            .anyMatch(link -> link.upstream().equals(from) && link.downstream().equals(to));
    return isThere ? Optional.of(true) : member.live().flatMap(DeclaredMetrics::denies);
  }

  private static Optional<Boolean> denies(LiveInstance downstream) {
    return switch (downstream.upstream()) {
      // A stranger may be the declared upstream at another address.
      case LiveUpstream.Follows(var peer) when peer instanceof Peer.Unknown -> Optional.empty();
      case LiveUpstream.Follows follows -> Optional.of(false);
      case LiveUpstream.NotNeeded notNeeded -> Optional.of(false);
      case LiveUpstream.Detached detached -> Optional.of(false);
      case LiveUpstream.Foreign foreign -> Optional.of(false);
      case LiveUpstream.Hidden hidden -> Optional.empty();
    };
  }

  private void service(Service service) {
    series.put(
        MetricFamily.SERVICE_INFO,
        1,
        cls,
        service.name(),
        Integer.toString(service.listen().port()),
        service.definition().destination().label());
    weights(service, "member", service.members());
    weights(service, "backup", service.backups());
  }

  private void weights(Service service, String use, List<Service.Server> servers) {
    for (var server : servers) {
      series.put(
          MetricFamily.SERVICE_DECLARED_WEIGHT,
          server.weight(),
          cls,
          service.name(),
          server.instance(),
          server.endpoint().host(),
          use);
    }
  }
}
