package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An address at which a server is said to be that was not looked at.
 *
 * @param host a name or an IP address, as it means something to the agent
 * @param port 0 where it is not told
 * @param witness whose word it is
 */
record ReportedAddress(String host, int port, Direction direction, LiveInstance witness) {

  /** Which way of replication the address lies from its witness. */
  enum Direction {
    UPSTREAM,
    DOWNSTREAM
  }

  /** The family that it should lead to. */
  SystemId systemId() {
    return witness.systemId();
  }

  /** All clues of a topology, in no meaningful order. */
  static List<ReportedAddress> of(Topology live) {
    var linked =
        live.clusters().values().stream()
            .flatMap(family -> family.links().stream())
            .flatMap(link -> of(link, live));
    var wanted =
        live.instances().values().stream()
            .filter(instance -> live.isServer(instance.endpoint()))
            .flatMap(instance -> wanted(instance).stream());
    return Stream.concat(linked, wanted).distinct().toList();
  }

  private static Stream<ReportedAddress> of(ReplicationLink link, Topology live) {
    if (link.upstream() instanceof Peer.Unknown
        && link.downstream() instanceof Peer.Known(var downstream)) {
      return live
          .at(downstream)
          .flatMap(
              witness ->
                  link.receiver()
                      .flatMap(WalReceiver::upstream)
                      .flatMap(address -> upstream(address, witness)))
          .stream();
    }
    if (link.downstream() instanceof Peer.Unknown
        && link.upstream() instanceof Peer.Known(var upstream)) {
      return live
          .at(upstream)
          .flatMap(witness -> link.sender().flatMap(row -> downstream(row, witness)))
          .stream();
    }
    return Stream.empty();
  }

  /** Whom a standby without a walreceiver is told to follow. */
  private static Optional<ReportedAddress> wanted(LiveInstance instance) {
    return instance.upstream() instanceof LiveUpstream.Detached
            && instance.facts().state() instanceof ServerState.InRecovery
        ? instance
            .facts()
            .recovery()
            .ifSeen()
            .flatMap(settings -> settings.configuredUpstream().ifSeen())
            .flatMap(address -> address)
            .flatMap(address -> upstream(address, instance))
        : Optional.empty();
  }

  /** A server on the machine of its witness is there for the agent too, not on the agent's own. */
  private static Optional<ReportedAddress> upstream(HostPort address, LiveInstance witness) {
    if (address.port() < 1 || address.port() > 65_535 || !isNetworkHost(address.host())) {
      return Optional.empty();
    }
    var host =
        IpAddress.isLoopback(address.host()) ? local(address.host(), witness) : address.host();
    return Optional.of(new ReportedAddress(host, address.port(), Direction.UPSTREAM, witness))
        .filter(clue -> !clue.endpoint(clue.port).equals(witness.endpoint()));
  }

  /**
   * A standby, by what only a standby reports: it replays. Its client port tells nothing of the
   * port that it listens on.
   */
  private static Optional<ReportedAddress> downstream(WalSender row, LiveInstance witness) {
    return row.stream()
        .ifSeen()
        .filter(stream -> stream.progress().replayed().isPresent())
        .flatMap(WalSender.Stream::clientAddress)
        .map(HostPort::host)
        .filter(ReportedAddress::isNetworkHost)
        .map(host -> IpAddress.isLoopback(host) ? witness.endpoint().host() : host)
        .map(host -> new ReportedAddress(host, 0, Direction.DOWNSTREAM, witness));
  }

  private static String local(String host, LiveInstance witness) {
    return IpAddress.isLoopback(witness.endpoint().host()) ? host : witness.endpoint().host();
  }

  /** A Unix-domain socket is named by its directory, or an abstract name. */
  private static boolean isNetworkHost(String host) {
    return !host.isBlank() && !host.startsWith("/") && !host.startsWith("@");
  }

  Endpoint endpoint(int atPort) {
    return new Endpoint(host, atPort);
  }

  /** The port that its witness listens on by its own word, which is often that of its kin. */
  int kinPort() {
    return witness.facts().identity().port();
  }

  /** Only for messages: what shows it. */
  String shownBy() {
    return switch (direction) {
      case UPSTREAM -> witness.endpoint() + " follows it or wants to";
      case DOWNSTREAM -> "it replicates from " + witness.endpoint();
    };
  }
}
