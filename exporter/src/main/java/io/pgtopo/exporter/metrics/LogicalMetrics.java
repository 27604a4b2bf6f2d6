package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.InstanceView;
import io.pgtopo.exporter.view.LogicalLinkReport;

/** The metrics of the logical slots of a cluster, and of the subscriptions that it runs. */
record LogicalMetrics(ScrapeSeries series, Topology live, DisplayNames names) {

  static void render(ClusterView view, Topology live, DisplayNames names, ScrapeSeries series) {
    var metrics = new LogicalMetrics(series.with(view.cluster().name()), live, names);
    for (var link : live.logicalLinks()) {
      link.publisher()
          .filter(end -> view.isServerOf(end.at()))
          .ifPresent(end -> metrics.link(link, end));
      link.subscriber()
          .ifPresent(
              end ->
                  view.at(end.at())
                      .filter(InstanceView::isServer)
                      .ifPresent(member -> metrics.runs(member, end.subscription())));
    }
  }

  private void link(LogicalLink link, LogicalLink.Publisher end) {
    var report = LogicalLinkReport.of(link, live, names);
    var downstream = report.subscriber().or(report::client);
    var ends = series.with(names.of(end.at()), downstream.orElse(""), end.slot().name());
    ends.put(MetricFamily.LOGICAL_LINK, 1, link.grade().label());
    link.lagBytes(live).ifPresent(lag -> ends.put(MetricFamily.LOGICAL_LINK_LAG_BYTES, lag));
  }

  private void runs(InstanceView member, Subscription subscription) {
    var own =
        series.with(
            member.declared().name(),
            member.declared().endpoint().host(),
            subscription.database(),
            subscription.name());
    if (subscription.mode() == Subscription.Mode.ENABLED) {
      own.put(MetricFamily.SUBSCRIPTION_UP, subscription.isDown() ? 0 : 1);
    }
    subscription
        .errors()
        .ifPresent(
            errors ->
                own.put(
                    MetricFamily.SUBSCRIPTION_ERRORS, (double) (errors.apply() + errors.copy())));
  }
}
