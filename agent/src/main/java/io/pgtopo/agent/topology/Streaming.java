package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;

/**
 * Whether WAL streams through a link. One end alone proves that it does not, never that it does.
 */
public enum Streaming {
  YES,
  NO,
  UNKNOWN;

  /** What both ends report, how old that is, and whether one of them is missing. */
  public static Streaming of(ReplicationLink link, Topology live) {
    if (isDenied(link)
        || hasNoWalReceiver(link, live)
        || hasNoWalSender(link, live)
        || Silence.of(link, live).isPresent()) {
      return NO;
    }
    return link.isStreaming() && !isBehindInSilence(link) ? YES : UNKNOWN;
  }

  /** Whether more was sent than has arrived, and nothing arrives: for a moment that is normal. */
  private static boolean isBehindInSilence(ReplicationLink link) {
    var sent =
        link.sender()
            .flatMap(row -> row.stream().ifSeen())
            .flatMap(stream -> stream.progress().sent());
    return link.receiver()
        .filter(Silence::isQuiet)
        .flatMap(row -> row.progress().flushed())
        .filter(flushed -> sent.filter(end -> end.compareTo(flushed) > 0).isPresent())
        .isPresent();
  }

  /** Whether an end reports another state than streaming. */
  public static boolean isDenied(ReplicationLink link) {
    return link.sender()
            .flatMap(row -> row.stream().ifSeen())
            .filter(stream -> stream.state() != WalSender.State.STREAMING)
            .isPresent()
        || link.receiver().filter(row -> row.status() != WalReceiver.Status.STREAMING).isPresent();
  }

  private static boolean hasNoWalReceiver(ReplicationLink link, Topology live) {
    return link.receiver().isEmpty()
        && link.downstream()
            .ifKnown()
            .flatMap(live::at)
            .filter(standby -> standby.upstream() instanceof LiveUpstream.Detached)
            .isPresent();
  }

  /**
   * Whether the upstream has no walsender for a walreceiver that receives nothing: what a frozen
   * walreceiver leaves behind. A hidden walsender may be the one, or one of another server with the
   * same name, where an address has moved. An address that leads to the server of another one has
   * moved itself, and its earlier server may go on.
   */
  public static boolean hasNoWalSender(ReplicationLink link, Topology live) {
    var upstream = link.upstream().ifKnown().flatMap(live::at);
    return link.sender().isEmpty()
        && link.receiver().filter(Silence::isQuiet).isPresent()
        && link.receiver().flatMap(WalReceiver::upstream).filter(it -> isMoved(it, live)).isEmpty()
        && upstream.filter(server -> mayHide(link, live.clusterOf(server), live)).isEmpty()
        && upstream.isPresent();
  }

  private static boolean isMoved(HostPort dialled, Topology live) {
    return dialled.port() != 0 && live.isAstray(new Endpoint(dialled.host(), dialled.port()));
  }

  private static boolean mayHide(ReplicationLink link, LiveCluster cluster, Topology live) {
    var name = link.receiver().map(WalReceiver::applicationName);
    return cluster.members().stream()
            .flatMap(member -> live.at(member).stream())
            .flatMap(server -> server.facts().replication().walSenders().stream())
            .anyMatch(row -> row.stream() instanceof Reading.Denied)
        || cluster.links().stream()
            .filter(other -> other.receiver().isEmpty())
            .flatMap(other -> other.sender().stream())
            .anyMatch(
                row ->
                    name.filter(it -> ApplicationName.isShownAs(row.applicationName(), it))
                        .isPresent());
  }
}
