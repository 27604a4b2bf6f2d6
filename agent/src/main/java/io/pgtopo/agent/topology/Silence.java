package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A link on which one end has heard nothing from the other for longer than it ever takes: a frozen
 * process, a hung disk or a network that is cut. Both ends go on to report that they stream.
 *
 * @param lasting at least
 * @param usual after so long a message comes even on an idle link
 */
public record Silence(Duration lasting, Duration usual) {
  /** A busy machine delays a message. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final Duration MOMENT = Duration.ofSeconds(5);

  /** The silence of a link; empty if there is none, or if it is unknown. */
  public static Optional<Silence> of(ReplicationLink link, Topology live) {
    return of(replyAge(link, live), usualReply(link, live))
        .or(
            () ->
                of(messageAge(link), usualMessage(link.downstream().ifKnown().flatMap(live::at))));
  }

  /**
   * The silence of the worker that applies the changes of a subscription: it asks for a message as
   * a walreceiver does, but not while it waits to apply one, as for a lock. While tables are copied
   * it may rightly wait for those that copy them.
   */
  public static Optional<Silence> of(Subscription subscription, LiveInstance subscriber) {
    return subscription.mode() == Subscription.Mode.ENABLED
            && subscription.worker().isPresent()
            && subscription.workers().copying() == 0
        ? of(subscription.workers().silentFor(), usualMessage(Optional.of(subscriber)))
        : Optional.empty();
  }

  private static Optional<Silence> of(Optional<Duration> age, Optional<Duration> usual) {
    return age.flatMap(
        lasting ->
            usual
                .filter(it -> lasting.compareTo(it.plus(MARGIN)) > 0)
                .map(it -> new Silence(lasting, it)));
  }

  /** Whether a walreceiver received nothing for a moment, which is normal on an idle link. */
  public static boolean isQuiet(WalReceiver receiver) {
    return receiver.progress().silentFor().filter(age -> age.compareTo(MOMENT) > 0).isPresent();
  }

  /**
   * How long ago, at least, the standby sent the last reply that its walsender has read. It is by
   * the standby's clock, which is compared with the upstream's as they were polled: empty unless
   * both were, before 12, and before the first reply.
   */
  public static Optional<Duration> replyAge(ReplicationLink link, Topology live) {
    var upstream = link.upstream().ifKnown().flatMap(live::at);
    var standby = link.downstream().ifKnown().flatMap(live::at);
    var reply =
        link.sender().flatMap(row -> row.stream().ifSeen()).flatMap(WalSender.Stream::replyTime);
    if (upstream.isEmpty() || standby.isEmpty() || reply.isEmpty()) {
      return Optional.empty();
    }
    var ahead = standby.get().clock().minus(upstream.get().clock()).least();
    var age = Duration.between(reply.get(), upstream.get().facts().time().now().plus(ahead));
    return Optional.of(age.isNegative() ? Duration.ZERO : age);
  }

  private static Optional<Duration> messageAge(ReplicationLink link) {
    return link.receiver().flatMap(row -> row.progress().silentFor());
  }

  /**
   * A standby replies every {@code wal_receiver_status_interval}, and when its upstream asks for it
   * after half of {@code wal_sender_timeout}; 0 turns either off.
   */
  private static Optional<Duration> usualReply(ReplicationLink link, Topology live) {
    var status = setting(link.downstream(), "wal_receiver_status_interval", live);
    var timeout = setting(link.upstream(), "wal_sender_timeout", live);
    return status.isEmpty() || timeout.isEmpty()
        ? Optional.empty()
        : Stream.of(status.get() * 1000, timeout.get() / 2)
            .filter(millis -> millis > 0)
            .min(Long::compare)
            .map(Duration::ofMillis);
  }

  /**
   * A walreceiver asks for a message after half of {@code wal_receiver_timeout}; 0 turns it off.
   */
  private static Optional<Duration> usualMessage(Optional<LiveInstance> receiving) {
    return receiving
        .flatMap(server -> number(server, "wal_receiver_timeout"))
        .filter(millis -> millis > 0)
        .map(millis -> Duration.ofMillis(millis / 2));
  }

  private static Optional<Long> setting(Peer peer, String name, Topology live) {
    return peer.ifKnown().flatMap(live::at).flatMap(server -> number(server, name));
  }

  private static Optional<Long> number(LiveInstance server, String name) {
    return server.facts().survey().ifSeen().flatMap(survey -> survey.number(name));
  }
}
