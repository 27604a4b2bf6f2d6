package io.pgtopo.agent.compare;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The standbys that connect and get no WAL though there is some, folded over polls. Immutable.
 *
 * <p>By positions alone: settings may turn off the messages whose absence would show it.
 */
public record Deliveries(SortedMap<Endpoint, Stall> byStandby) {
  /** Nothing was polled before. */
  public static final Deliveries NONE = new Deliveries(new TreeMap<>());

  /** A disk or a network may take that long. */
  private static final Duration NORMAL = Duration.ofSeconds(10);

  /**
   * A standby that was at one position in all polls since, with WAL for it beyond that, and with a
   * walreceiver in some of them.
   *
   * @param received what it has written to disk
   * @param available the end of the WAL for it when its walreceiver was seen last
   * @param since by the agent's clock
   */
  public record Stall(
      LastReceiver walReceiver,
      Peer upstream,
      Lsn received,
      Lsn available,
      Instant since,
      Instant now) {
    Duration lasted() {
      return Duration.between(since, now);
    }
  }

  /**
   * The walreceiver that was seen last.
   *
   * @param since the first poll that saw it
   * @param ended how many walreceivers that were seen have ended, it included
   */
  public record LastReceiver(Backend backend, Instant since, int ended, boolean isThere) {
    private LastReceiver then(LastReceiver next) {
      return next.backend.equals(backend)
          ? new LastReceiver(backend, since, ended, true)
          : new LastReceiver(next.backend, next.since, isThere ? ended + 1 : ended, true);
    }

    private LastReceiver gone() {
      return new LastReceiver(backend, since, isThere ? ended + 1 : ended, false);
    }
  }

  public Deliveries {
    byStandby = Collections.unmodifiableSortedMap(new TreeMap<>(byStandby));
  }

  /** After one more poll. */
  public Deliveries next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Stall>();
    for (var standby : live.instances().values()) {
      var then =
          Optional.ofNullable(byStandby.get(standby.endpoint()))
              .filter(stall -> !stall.since.isAfter(now));
      var link = live.linkTo(standby).filter(it -> hasReceiver(it, standby));
      var found =
          link.isPresent()
              ? link.flatMap(it -> stall(it, live, now)).map(it -> since(then, it))
              : then.filter(stall -> hasOnly(stall.received, standby))
                  .map(stall -> unseen(stall, standby, now));
      found.ifPresent(stall -> next.put(standby.endpoint(), stall));
    }
    return new Deliveries(next);
  }

  /** Where its row is hidden, its walsender shows that there is one. */
  private static boolean hasReceiver(ReplicationLink link, LiveInstance standby) {
    return link.receiver().isPresent() || (isHidden(standby) && link.sender().isPresent());
  }

  /** Whether the row of a standby's walreceiver is. */
  static boolean isHidden(LiveInstance standby) {
    return standby.facts().state() instanceof ServerState.InRecovery recovery
        && recovery.receiver() instanceof Reading.Denied;
  }

  /**
   * A walreceiver that ends as soon as it has to write is missing between two attempts. WAL may
   * come from an archive too.
   */
  private static boolean hasOnly(Lsn received, LiveInstance standby) {
    return standby.facts().state() instanceof ServerState.InRecovery recovery
        && recovery.received().filter(its -> its.compareTo(received) <= 0).isPresent()
        && recovery.replayed().filter(its -> its.compareTo(received) > 0).isEmpty();
  }

  /** Its walsender is gone. Its walreceiver is too, unless that is hidden. */
  private static Stall unseen(Stall then, LiveInstance standby, Instant now) {
    return new Stall(
        isHidden(standby) ? then.walReceiver : then.walReceiver.gone(),
        then.upstream,
        then.received,
        then.available,
        then.since,
        now);
  }

  private static Stall since(Optional<Stall> earlier, Stall found) {
    return earlier
        .filter(then -> then.received.equals(found.received))
        .map(
            then ->
                new Stall(
                    then.walReceiver.then(found.walReceiver),
                    found.upstream,
                    found.received,
                    found.available,
                    then.since,
                    found.now))
        .orElse(found);
  }

  private static Optional<Stall> stall(ReplicationLink link, Topology live, Instant now) {
    if (link.receiver().isEmpty()) {
      return hidden(link, live, now);
    }
    var received = received(link);
    return link.receiver()
        .filter(row -> row.status() == WalReceiver.Status.STREAMING && link.sender().isPresent())
        .flatMap(
            row ->
                available(link, live)
                    .filter(end -> received.filter(its -> end.compareTo(its) > 0).isPresent())
                    .map(
                        end ->
                            new Stall(
                                new LastReceiver(row.backend(), now, 0, true),
                                link.upstream(),
                                received.orElseThrow(),
                                end,
                                now,
                                now)));
  }

  /** By what both servers report of themselves alone. */
  private static Optional<Stall> hidden(ReplicationLink link, Topology live, Instant now) {
    var end = end(link.upstream(), live);
    return end(link.downstream(), live)
        .filter(its -> end.filter(all -> all.compareTo(its) > 0).isPresent())
        .map(
            its ->
                new Stall(
                    new LastReceiver(link.sender().orElseThrow().backend(), now, 0, true),
                    link.upstream(),
                    its,
                    end.orElseThrow(),
                    now,
                    now));
  }

  private static Optional<Lsn> end(Peer peer, Topology live) {
    return peer.ifKnown().flatMap(live::at).flatMap(it -> Positions.end(it.facts().state()));
  }

  /** What has arrived; the other end may know of more, if it was polled later. */
  private static Optional<Lsn> received(ReplicationLink link) {
    return link.receiver()
        .flatMap(row -> row.progress().flushed())
        .map(
            own ->
                sent(link)
                    .flatMap(WalSender.Progress::flushed)
                    .filter(confirmed -> confirmed.compareTo(own) > 0)
                    .orElse(own));
  }

  /**
   * What the walsender has sent, and the files that a primary has completed: these are on its disk,
   * and can be sent.
   */
  private static Optional<Lsn> available(ReplicationLink link, Topology live) {
    return Stream.of(
            sent(link).flatMap(WalSender.Progress::sent),
            link.upstream().ifKnown().flatMap(live::at).flatMap(Deliveries::completed))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  private static Optional<WalSender.Progress> sent(ReplicationLink link) {
    return link.sender().flatMap(row -> row.stream().ifSeen()).map(WalSender.Stream::progress);
  }

  private static Optional<Lsn> completed(LiveInstance upstream) {
    return upstream.facts().state() instanceof ServerState.InProduction production
        ? upstream
            .facts()
            .survey()
            .ifSeen()
            .flatMap(Survey::segmentBytes)
            .map(production.written()::segment)
        : Optional.empty();
  }

  /**
   * That a standby gets nothing for longer than is normal. A walreceiver that has just connected
   * had no time for it, unless others have ended before it.
   */
  Optional<Detachment> why(Endpoint standby) {
    return Optional.ofNullable(byStandby.get(standby))
        .filter(
            stall ->
                endsAgain(stall)
                    || (stall.walReceiver.isThere && isLong(stall.walReceiver.since, stall.now)))
        .map(
            stall ->
                new Detachment.Undelivered(
                    stall.upstream,
                    stall.available,
                    stall.received,
                    stall.lasted(),
                    endsAgain(stall)
                        ? Detachment.Undelivered.Receivers.END
                        : Detachment.Undelivered.Receivers.RUN));
  }

  private static boolean endsAgain(Stall stall) {
    return stall.walReceiver.ended > 1 && isLong(stall.since, stall.now);
  }

  private static boolean isLong(Instant since, Instant now) {
    return Duration.between(since, now).compareTo(NORMAL) >= 0;
  }
}
