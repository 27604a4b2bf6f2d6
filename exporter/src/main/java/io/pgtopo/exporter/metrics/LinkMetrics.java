package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.Streaming;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The metrics of a cluster's replication links.
 *
 * <p>Strangers that look alike cannot be told apart by labels. They are one series then, with the
 * worst of their values, and none if one of them is unknown.
 */
final class LinkMetrics {
  private final ScrapeSeries series;
  private final Snapshot snapshot;
  private final String cls;

  private LinkMetrics(ClusterView view, Snapshot snapshot, ScrapeSeries series) {
    this.series = series;
    this.snapshot = snapshot;
    this.cls = view.cluster().name();
  }

  private record Ends(String upstream, String downstream) implements Comparable<Ends> {
    @Override
    public int compareTo(Ends other) {
      var byUpstream = upstream.compareTo(other.upstream);
      return byUpstream != 0 ? byUpstream : downstream.compareTo(other.downstream);
    }
  }

  static void render(ClusterView view, Snapshot snapshot, DisplayNames names, ScrapeSeries series) {
    var byEnds = new TreeMap<Ends, List<ReplicationLink>>();
    for (var link : view.links()) {
      byEnds.merge(
          new Ends(names.of(link.upstream()), names.of(link.downstream())),
          List.of(link),
          LinkMetrics::join);
    }
    var metrics = new LinkMetrics(view, snapshot, series);
    byEnds.forEach(metrics::render);
  }

  private void render(Ends ends, List<ReplicationLink> links) {
    for (var link : links) {
      series.put(
          MetricFamily.REPLICATION_LINK,
          1,
          cls,
          ends.upstream,
          ends.downstream,
          link.grade().label());
    }
    var streams = links.stream().map(Streaming::of).toList();
    if (streams.contains(Streaming.NO)) {
      series.put(MetricFamily.REPLICATION_LINK_STREAMING, 0, cls, ends.upstream, ends.downstream);
    } else if (!streams.contains(Streaming.UNKNOWN)) {
      series.put(MetricFamily.REPLICATION_LINK_STREAMING, 1, cls, ends.upstream, ends.downstream);
    }
    var lags =
        links.stream().map(link -> Positions.replayLagBytes(link, snapshot.topology())).toList();
    if (lags.stream().allMatch(Optional::isPresent)) {
      lags.stream()
          .flatMap(Optional::stream)
          .max(Long::compare)
          .ifPresent(
              lag ->
                  series.put(
                      MetricFamily.REPLICATION_REPLAY_LAG_BYTES,
                      lag,
                      cls,
                      ends.upstream,
                      ends.downstream));
    }
    for (var link : links) {
      link.sender()
          .flatMap(row -> row.stream().ifSeen())
          .ifPresent(stream -> states(ends, link, stream));
    }
  }

  private void states(Ends ends, ReplicationLink link, WalSender.Stream stream) {
    series.putStates(
        MetricFamily.REPLICATION_STATE,
        WalSender.State.values(),
        stream.state(),
        WalSender.State::label,
        cls,
        ends.upstream,
        ends.downstream);
    // PostgreSQL reports a sync_state on a cascading standby too, where it means nothing.
    if (isInProduction(link.upstream())) {
      series.putStates(
          MetricFamily.REPLICATION_SYNC_STATE,
          WalSender.SyncState.values(),
          stream.syncState(),
          WalSender.SyncState::label,
          cls,
          ends.upstream,
          ends.downstream);
    }
  }

  private boolean isInProduction(Peer upstream) {
    return upstream instanceof Peer.Known(var endpoint)
        && snapshot
            .topology()
            .at(endpoint)
            .filter(live -> live.facts().state() instanceof ServerState.InProduction)
            .isPresent();
  }

  private static List<ReplicationLink> join(
      List<ReplicationLink> some, List<ReplicationLink> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }
}
