package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An address that a server reports for its upstream or its standby, and that is not polled yet.
 *
 * @param host a name or an IP address, as seen from the agent
 * @param port 0 where it is not reported
 * @param reporter the server that reports it
 */
record ReportedAddress(String host, int port, Direction direction, LiveInstance reporter) {

  /** Whether it is an upstream of its reporter or a downstream. */
  enum Direction {
    UPSTREAM,
    DOWNSTREAM
  }

  /** The origin that is expected there. */
  Origin origin() {
    return reporter.origin();
  }

  /** All reported addresses of a topology, in no meaningful order. */
  static List<ReportedAddress> of(Topology live) {
    var linked = live.links().stream().flatMap(link -> of(link, live).stream());
    var configured =
        live.instances().values().stream()
            .filter(instance -> live.isServer(instance.endpoint()))
            .flatMap(instance -> configured(instance).stream());
    return Stream.concat(linked, configured).distinct().toList();
  }

  private static Optional<ReportedAddress> of(ReplicationLink link, Topology live) {
    if (link.upstream() instanceof Peer.Unknown
        && link.downstream() instanceof Peer.Known(var downstream)) {
      return live.at(downstream)
          .flatMap(
              reporter ->
                  link.receiver()
                      .flatMap(WalReceiver::upstream)
                      .flatMap(address -> upstream(address, reporter)));
    }
    if (link.downstream() instanceof Peer.Unknown
        && link.upstream() instanceof Peer.Known(var upstream)) {
      return live.at(upstream)
          .flatMap(reporter -> link.sender().flatMap(row -> downstream(row, reporter)));
    }
    return Optional.empty();
  }

  /** The upstream in the primary_conninfo of a standby without a walreceiver. */
  private static Optional<ReportedAddress> configured(LiveInstance instance) {
    return instance.upstream() instanceof LiveUpstream.Detached
        ? instance.facts().configuredUpstream().flatMap(address -> upstream(address, instance))
        : Optional.empty();
  }

  /** Loopback means the host of the reporter, not the agent's own. */
  private static Optional<ReportedAddress> upstream(HostPort address, LiveInstance reporter) {
    if (address.port() < 1 || address.port() > 65_535 || !isNetworkHost(address.host())) {
      return Optional.empty();
    }
    var host =
        IpAddress.isLoopback(address.host()) ? local(address.host(), reporter) : address.host();
    return Optional.of(new ReportedAddress(host, address.port(), Direction.UPSTREAM, reporter))
        .filter(it -> !new Endpoint(it.host, it.port).equals(reporter.endpoint()));
  }

  /**
   * A standby, which alone reports a replay position. The port that it listens on does not follow
   * from its client port.
   */
  private static Optional<ReportedAddress> downstream(WalSender row, LiveInstance reporter) {
    return row.stream()
        .ifSeen()
        .filter(stream -> stream.progress().replayed().isPresent())
        .flatMap(WalSender.Stream::clientAddress)
        .map(HostPort::host)
        .filter(ReportedAddress::isNetworkHost)
        .map(host -> IpAddress.isLoopback(host) ? reporter.endpoint().host() : host)
        .map(host -> new ReportedAddress(host, 0, Direction.DOWNSTREAM, reporter));
  }

  private static String local(String host, LiveInstance reporter) {
    return IpAddress.isLoopback(reporter.endpoint().host()) ? host : reporter.endpoint().host();
  }

  /** A Unix-domain socket is named by its directory, or an abstract name. */
  private static boolean isNetworkHost(String host) {
    return !host.isBlank() && !host.startsWith("/") && !host.startsWith("@");
  }

  /** The port that its reporter listens on, on which copies of a cluster often listen too. */
  int reporterPort() {
    return reporter.facts().identity().port();
  }

  /** Only for messages: the evidence for it. */
  String evidence() {
    return switch (direction) {
      case UPSTREAM -> "upstream of " + reporter.endpoint();
      case DOWNSTREAM -> "standby of " + reporter.endpoint();
    };
  }
}
