package io.pgtopo.agent.failover;

import io.pgtopo.agent.advice.Situation;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much WAL of a primary a candidate has not flushed, in bytes. The two were polled at different
 * moments of one cycle, so it is an interval. It says nothing of what was written after the cycle.
 *
 * @param least by the first position that is known of the primary, and the last one of the
 *     candidate
 * @param most the reverse
 * @param flushed up to where the candidate has the WAL
 */
public record LostWal(long least, long most, Lsn flushed) {

  /**
   * Of a candidate.
   *
   * @param link the one that it receives WAL through
   * @return empty if a position is unknown, or they are on different timelines
   */
  static Optional<LostWal> of(
      LiveInstance primary, LiveInstance candidate, Optional<ReplicationLink> link, Topology live) {
    var theirs = candidate.facts().timeline();
    if (!(primary.facts().state() instanceof ServerState.InProduction production)
        || (theirs.isExact() && theirs.id() != primary.facts().timeline().id())) {
      return Optional.empty();
    }
    var flushed = flushed(candidate, link);
    if (flushed.isEmpty()) {
      return Optional.empty();
    }
    var written = written(primary, production, live);
    return Optional.of(
        new LostWal(
            Math.max(0, first(written).bytesAfter(last(flushed))),
            Math.max(0, last(written).bytesAfter(first(flushed))),
            last(flushed)));
  }

  /** Whether none of the WAL up to a position is lost. */
  boolean hasUpTo(Lsn position) {
    return flushed.compareTo(position) >= 0;
  }

  /** What the candidate reports of itself, and what its primary reports of it. */
  private static List<Lsn> flushed(LiveInstance candidate, Optional<ReplicationLink> link) {
    var receiver = candidate.facts().walReceiver();
    // Before it has received anything its walreceiver shows the begin of a segment.
    var own =
        Stream.of(
                receiver.flatMap(row -> row.progress().flushed()),
                Positions.replayed(candidate),
                Optional.of(Situation.position(candidate)).filter(it -> it.value() != 0))
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
    var reported =
        link.flatMap(ReplicationLink::sender)
            .flatMap(row -> row.stream().ifSeen())
            .map(WalSender.Stream::progress)
            .flatMap(WalSender.Progress::flushed);
    return Stream.of(own, reported).flatMap(Optional::stream).toList();
  }

  /** What the primary had written as it was polled, and what its standbys know of it since. */
  private static List<Lsn> written(
      LiveInstance primary, ServerState.InProduction production, Topology live) {
    var timeline = primary.facts().timeline().id();
    var standbys =
        live.clusterOf(primary).members().stream()
            .flatMap(member -> live.at(member).stream())
            .filter(it -> it.facts().state() instanceof ServerState.InRecovery)
            .filter(it -> it.facts().timeline().isExact() && it.facts().timeline().id() == timeline)
            .flatMap(
                it ->
                    Stream.of(
                        it.facts()
                            .walReceiver()
                            .map(WalReceiver::progress)
                            .flatMap(WalReceiver.Progress::latestEnd),
                        Positions.replayed(it)))
            .flatMap(Optional::stream)
            .filter(lsn -> lsn.compareTo(production.written()) > 0);
    return Stream.concat(Stream.of(production.written()), standbys).toList();
  }

  private static Lsn first(List<Lsn> positions) {
    return positions.stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  private static Lsn last(List<Lsn> positions) {
    return positions.stream().max(Comparator.naturalOrder()).orElseThrow();
  }
}
