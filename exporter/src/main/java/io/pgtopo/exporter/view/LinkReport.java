package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One server that receives WAL from another. */
public record LinkReport(
    String upstream,
    String downstream,
    @OneOf(ReplicationLink.Grade.class) String grade,
    @JsonPropertyDescription("which walsender and walreceiver report it") List<String> witnesses,
    @OneOf(ReplicationLink.Evidence.class)
        @JsonPropertyDescription("what both ends agree in, or what identifies the other end")
        List<String> reasons,
    @JsonPropertyDescription("null unless both ends are known, or one end denies it")
        Optional<Boolean> streaming,
    @JsonPropertyDescription(
            "how long no message came, at least; null unless that is longer than it ever takes")
        Optional<Long> silentForSeconds,
    @JsonPropertyDescription(
            "age of the last reply of the downstream, at least; null before PostgreSQL 12")
        Optional<Long> replyAgeSeconds,
    Optional<Long> replayLagBytes,
    @JsonPropertyDescription(
            "how long the downstream has not replayed what the upstream had, at least; null where"
                + " replayLagBytes is, and for one poll if it was behind when pgtopo started")
        Optional<Long> replayLagSeconds,
    @JsonPropertyDescription("sync_state in pg_stat_replication") Optional<String> syncState,
    @JsonPropertyDescription("the replication slot that it uses") Optional<String> slot,
    Optional<EndReport> upstreamEnd,
    Optional<EndReport> downstreamEnd) {

  /** What a server at an end of a link is to the cluster. */
  public enum EndKind implements Labelled {
    MEMBER,
    UNDECLARED,
    /** A server of another declared cluster. */
    OTHER_CLUSTER,
    /** A server at an address that the agent does not poll. */
    UNIDENTIFIED
  }

  /** A server at an end of a link. */
  public record EndReport(
      @OneOf(EndKind.class) String kind,
      @JsonPropertyDescription("as polled; of an unidentified one, as the other end reports it")
          Optional<String> address,
      @JsonPropertyDescription("that it announces") Optional<String> applicationName) {

    private static EndReport of(Peer peer, ClusterView view, Optional<WalSender> sender) {
      return switch (peer) {
        case Peer.Known(var endpoint) ->
            new EndReport(
                kind(peer, view).label(),
                Optional.of(endpoint.toString()),
                sender.map(WalSender::applicationName).filter(Predicate.not(String::isEmpty)));
        case Peer.Unknown(var address, var applicationName) ->
            new EndReport(
                EndKind.UNIDENTIFIED.label(),
                Optional.of(address).filter(Predicate.not(String::isEmpty)),
                Optional.of(applicationName).filter(Predicate.not(String::isEmpty)));
      };
    }

    private static EndKind kind(Peer peer, ClusterView view) {
      if (view.undeclared().stream().anyMatch(found -> found.peer().equals(peer))) {
        return EndKind.UNDECLARED;
      }
      return peer instanceof Peer.Known(var endpoint) && view.at(endpoint).isPresent()
          ? EndKind.MEMBER
          : EndKind.OTHER_CLUSTER;
    }
  }

  static LinkReport of(
      ReplicationLink link, ClusterView view, Snapshot snapshot, DisplayNames names) {
    var live = snapshot.topology();
    var upstream = names.of(link.upstream());
    var downstream = names.of(link.downstream());
    var witnesses = new ArrayList<String>();
    link.sender().ifPresent(row -> witnesses.add("walsender of " + upstream));
    link.receiver().ifPresent(row -> witnesses.add("walreceiver of " + downstream));
    return new LinkReport(
        upstream,
        downstream,
        link.grade().label(),
        witnesses,
        link.reasons().stream().map(ReplicationLink.Evidence::label).toList(),
        switch (Streaming.of(link, live)) {
          case YES -> Optional.of(true);
          case NO -> Optional.of(false);
          case UNKNOWN -> Optional.empty();
        },
        Silence.of(link, live).map(silence -> silence.lasting().toSeconds()),
        Silence.replyAge(link, live).map(Duration::toSeconds),
        Positions.replayLagBytes(link, live),
        snapshot.written().replayLag(link, live).map(Duration::toSeconds),
        link.sender()
            .flatMap(sender -> sender.stream().ifSeen())
            .map(WalSender.Stream::syncStateText),
        link.receiver().flatMap(WalReceiver::slot),
        Optional.of(EndReport.of(link.upstream(), view, Optional.empty())),
        Optional.of(EndReport.of(link.downstream(), view, link.sender())));
  }
}
