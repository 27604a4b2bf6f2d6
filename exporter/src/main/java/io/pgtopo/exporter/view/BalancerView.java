package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.Balancers;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Service;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one load balancer reports of a service. */
public record BalancerView(
    String node,
    Instant at,
    @JsonPropertyDescription("why nothing is known of it; null if it answered")
        Optional<InstanceReport.FailureReport> failure,
    @JsonPropertyDescription("whether it has the service; null if that is unknown")
        Optional<Boolean> loaded,
    @JsonPropertyDescription("its servers, in the order of its configuration")
        List<BackendView> servers,
    @JsonPropertyDescription("why its statistics could not be read, which say who is a backup")
        Optional<InstanceReport.FailureReport> statistics) {

  /** A server of it. */
  public record BackendView(
      String name,
      @OneOf(ServerStatus.class) String status,
      int weight,
      @JsonPropertyDescription("null if only the statistics would say it") @OneOf(ServerUse.class)
          Optional<String> use,
      @JsonPropertyDescription("whether it gets connections; null if that is unknown")
          Optional<Boolean> serves,
      @JsonPropertyDescription("connections between its last two reports; null if unknown")
          Optional<Long> connections) {

    private static BackendView of(ProxyServer server, BalancedService.OnNode found) {
      return new BackendView(
          server.name(),
          server.status().label(),
          server.weight(),
          server.use().map(ServerUse::label),
          found.serving().map(it -> it.contains(server)),
          Optional.ofNullable(found.sessions().get(server.name())));
    }
  }

  /** Of each load balancer that was read lately. */
  static List<BalancerView> of(Cluster cluster, Service service, Balancers balancers) {
    return of(BalancedService.of(cluster, service, balancers), balancers);
  }

  /** Of each that was read lately, for a service. */
  static List<BalancerView> of(BalancedService found, Balancers balancers) {
    return found
        .nodes()
        .sorted()
        .flatMap(node -> balancers.at(node).map(it -> of(node, it, found.byNode())).stream())
        .toList();
  }

  private static BalancerView of(
      String node, BalancerReport report, Map<String, BalancedService.OnNode> byNode) {
    var at = report.window().to();
    return switch (report.reply()) {
      case Reply.Silent(var failure) ->
          new BalancerView(
              node, at, Optional.of(view(failure)), Optional.empty(), List.of(), Optional.empty());
      case Reply.Running running -> {
        var on = Optional.ofNullable(byNode.get(node));
        yield new BalancerView(
            node,
            at,
            Optional.empty(),
            Optional.of(on.isPresent()),
            on.stream()
                .flatMap(it -> it.proxy().servers().stream().map(one -> BackendView.of(one, it)))
                .toList(),
            running.statistics().map(BalancerView::view));
      }
    };
  }

  private static InstanceReport.FailureReport view(Failure failure) {
    return new InstanceReport.FailureReport(
        failure.kind().label(), failure.message(), failure.sqlState());
  }
}
