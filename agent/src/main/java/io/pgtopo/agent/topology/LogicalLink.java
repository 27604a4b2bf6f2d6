package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One client that receives decoded changes, as the server that sends them reports it by a slot, or
 * the server that applies them by a subscription, or both.
 *
 * @param reasons in which both ends agree, in order; none if one end is missing
 */
public record LogicalLink(
    Optional<Publisher> publisher,
    Optional<Subscriber> subscriber,
    List<ReplicationLink.Evidence> reasons)
    implements Comparable<LogicalLink> {
  private static final Comparator<LogicalLink> ORDER =
      Comparator.comparing((LogicalLink link) -> link.publisher.isEmpty())
          .thenComparing(link -> link.publisher.map(it -> it.at + " " + it.slot.name()).orElse(""))
          .thenComparing(
              link ->
                  link.subscriber
                      .map(
                          it ->
                              "%s %s %s"
                                  .formatted(
                                      it.at, it.subscription.database(), it.subscription.name()))
                      .orElse(""));

  /**
   * The end that sends.
   *
   * @param slot a logical one
   * @param sender that uses it; empty if none does
   */
  public record Publisher(Endpoint at, ReplicationSlot slot, Optional<WalSender> sender) {
    /** What its client announces; empty if none is connected. */
    public Optional<Peer> client() {
      return sender.map(
          row ->
              new Peer.Unknown(
                  row.stream()
                      .ifSeen()
                      .flatMap(WalSender.Stream::clientAddress)
                      .map(HostPort::host)
                      .orElse(""),
                  row.applicationName()));
    }
  }

  /** The end that applies. */
  public record Subscriber(Endpoint at, Subscription subscription) {}

  public LogicalLink {
    reasons = reasons.stream().distinct().sorted().toList();
    if (publisher.isEmpty() && subscriber.isEmpty()) {
      throw new IllegalArgumentException("a logical link without ends");
    }
  }

  /** How well it is proved. */
  public ReplicationLink.Grade grade() {
    if (subscriber.isEmpty()) {
      return ReplicationLink.Grade.UPSTREAM_ONLY;
    }
    return publisher.isEmpty()
        ? ReplicationLink.Grade.DOWNSTREAM_ONLY
        : ReplicationLink.Grade.BOTH_ENDS;
  }

  /** The servers at its ends; one if they are the same, or one end is missing. */
  public Stream<Endpoint> ends() {
    return Stream.of(publisher.map(Publisher::at), subscriber.map(Subscriber::at))
        .flatMap(Optional::stream)
        .distinct();
  }

  /**
   * How many bytes of the publisher's WAL its client has not confirmed ({@code
   * confirmed_flush_lsn}); of a publisher in recovery, of what it has replayed, since it decodes no
   * more. Empty if that is unknown.
   */
  public Optional<Long> lagBytes(Topology live) {
    return publisher.flatMap(
        end ->
            end.slot
                .decoding()
                .flatMap(ReplicationSlot.Decoding::confirmed)
                .flatMap(confirmed -> decodable(end, live).map(to -> to.bytesAfter(confirmed)))
                .map(bytes -> Math.max(0, bytes)));
  }

  private static Optional<Lsn> decodable(Publisher end, Topology live) {
    return live.at(end.at)
        .flatMap(
            server -> Positions.replayed(server).or(() -> Positions.end(server.facts().state())));
  }

  @Override
  public int compareTo(LogicalLink other) {
    return ORDER.compare(this, other);
  }
}
