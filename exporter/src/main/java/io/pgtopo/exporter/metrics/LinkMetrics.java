package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The metrics of the links between two servers of a cluster.
 *
 * <p>Unidentified servers with equal labels cannot be distinguished. They are one series then, with
 * the worst of their values, and none if one of them is unknown.
 */
record LinkMetrics(ScrapeSeries series, Snapshot snapshot) {
  private record Ends(String upstream, String downstream) {}

  static void render(ClusterView view, Snapshot snapshot, DisplayNames names, ScrapeSeries series) {
    view.links().stream()
        .collect(
            Collectors.groupingBy(
                link -> new Ends(names.of(link.upstream()), names.of(link.downstream())),
                LinkedHashMap::new,
                Collectors.toList()))
        .forEach(
            (ends, links) -> {
              var between = series.with(view.cluster().name(), ends.upstream(), ends.downstream());
              new LinkMetrics(between, snapshot).render(links);
            });
  }

  private void render(List<ReplicationLink> links) {
    links.forEach(link -> series.put(MetricFamily.REPLICATION_LINK, 1, link.grade().label()));
    var streams = links.stream().map(link -> Streaming.of(link, snapshot.topology())).toList();
    if (streams.contains(Streaming.NO)) {
      series.put(MetricFamily.REPLICATION_LINK_STREAMING, 0);
    } else if (!streams.contains(Streaming.UNKNOWN)) {
      series.put(MetricFamily.REPLICATION_LINK_STREAMING, 1);
    }
    links.stream()
        .flatMap(link -> Silence.replyAge(link, snapshot.topology()).stream())
        .max(Duration::compareTo)
        .ifPresent(
            age -> series.put(MetricFamily.REPLICATION_REPLY_AGE_SECONDS, age.toMillis() / 1000.0));
    var live = snapshot.topology();
    worst(links, link -> Positions.replayLagBytes(link, live))
        .ifPresent(lag -> series.put(MetricFamily.REPLICATION_REPLAY_LAG_BYTES, lag));
    worst(links, link -> snapshot.written().replayLag(link, live))
        .ifPresent(
            lag ->
                series.put(MetricFamily.REPLICATION_REPLAY_LAG_SECONDS, lag.toMillis() / 1000.0));
    for (var link : links) {
      link.sender()
          .flatMap(row -> row.stream().ifSeen())
          .ifPresent(stream -> states(link.upstream(), stream));
    }
  }

  /** Empty if that of one is unknown. */
  private static <T extends Comparable<T>> Optional<T> worst(
      List<ReplicationLink> links, Function<ReplicationLink, Optional<T>> value) {
    var all = links.stream().map(value).toList();
    return all.stream().allMatch(Optional::isPresent)
        ? all.stream().flatMap(Optional::stream).max(Comparator.naturalOrder())
        : Optional.empty();
  }

  private void states(Peer upstream, WalSender.Stream stream) {
    series.putStates(MetricFamily.REPLICATION_STATE, WalSender.State.values(), stream.state());
    // PostgreSQL reports a sync_state on a cascading standby too, where it means nothing.
    if (isInProduction(upstream)) {
      series.putStates(
          MetricFamily.REPLICATION_SYNC_STATE, WalSender.SyncState.values(), stream.syncState());
    }
  }

  private boolean isInProduction(Peer upstream) {
    return upstream
        .ifKnown()
        .flatMap(snapshot.topology()::at)
        .filter(live -> live.facts().state() instanceof ServerState.InProduction)
        .isPresent();
  }
}
