package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * When the WAL of each upstream was first seen to reach which position, folded over polls. Tells
 * how long a standby is behind without the clock of any server. Immutable.
 *
 * @param synchronous what was written when commits began to wait for a standby
 * @param rates at which standbys replay
 * @param polledAt the last poll, by the agent's steady clock
 */
public record WrittenTimes(
    SortedMap<Endpoint, Progress> byUpstream,
    SynchronousMarks synchronous,
    ReplayRates rates,
    Instant polledAt) {
  /** Nothing was polled before. */
  public static final WrittenTimes NONE =
      new WrittenTimes(
          Collections.emptySortedMap(), SynchronousMarks.NONE, ReplayRates.NONE, Instant.EPOCH);

  /** The part of its age by which a lag may be told too short: older marks stand further apart. */
  private static final int PRECISION = 8;

  /** The WAL of another server or timeline is not comparable. */
  private record WalOrigin(Reading<SystemId> systemId, Timeline timeline) {
    static WalOrigin of(InstanceFacts facts) {
      return new WalOrigin(facts.identity().systemId(), facts.timeline());
    }
  }

  /**
   * A position, and when a poll first showed WAL up to there.
   *
   * @param at by the agent's steady clock
   */
  private record Mark(Lsn end, Instant at) {}

  /** The marks of one server, oldest first, each further than the one before. */
  public static final class Progress {
    private final WalOrigin origin;
    private final List<Mark> marks;

    private Progress(WalOrigin origin, List<Mark> marks) {
      this.origin = origin;
      this.marks = marks;
    }

    private Progress next(Progress latest) {
      var mark = latest.marks.getFirst();
      if (!origin.equals(latest.origin) || mark.end.compareTo(marks.getLast().end) < 0) {
        return latest;
      }
      if (mark.end.equals(marks.getLast().end)) {
        return this;
      }
      var more = new ArrayList<Mark>();
      for (var i = 0; i < marks.size(); i++) {
        var later = i + 1 < marks.size() ? marks.get(i + 1) : mark;
        if (more.isEmpty() || isNeeded(more.getLast(), later, mark.at)) {
          more.add(marks.get(i));
        }
      }
      more.add(mark);
      return new Progress(origin, more);
    }

    /** Whether the gap without what is between two marks is too long for their age. */
    private static boolean isNeeded(Mark earlier, Mark later, Instant now) {
      var gap = Duration.between(earlier.at, later.at);
      return gap.multipliedBy(PRECISION).compareTo(Duration.between(earlier.at, now)) > 0;
    }

    /** Empty where the lag may be of any age: nothing was polled before the first mark. */
    private Optional<Duration> behind(Lsn position, Instant now) {
      return marks.stream()
          .filter(mark -> mark.end.compareTo(position) > 0)
          .findFirst()
          .map(first -> Duration.between(first.at, now))
          .or(() -> Optional.of(Duration.ZERO))
          .filter(lag -> marks.getFirst().end.compareTo(position) <= 0 || lag.isPositive());
    }
  }

  public WrittenTimes {
    byUpstream = Collections.unmodifiableSortedMap(new TreeMap<>(byUpstream));
  }

  /**
   * After one more poll. A server that does not answer keeps its marks.
   *
   * @param now by the agent's steady clock
   */
  public WrittenTimes next(Topology live, Instant now) {
    var next = new TreeMap<>(byUpstream);
    next.keySet()
        .removeIf(
            endpoint -> live.at(endpoint).isEmpty() && !live.unreachable().containsKey(endpoint));
    live.clusters().values().stream()
        .flatMap(cluster -> cluster.links().stream())
        .flatMap(link -> link.upstream().ifKnown().stream())
        .distinct()
        .flatMap(endpoint -> live.at(endpoint).stream())
        .forEach(
            server ->
                Positions.end(server.facts().state())
                    .map(end -> new Mark(end, now))
                    .map(mark -> new Progress(WalOrigin.of(server.facts()), List.of(mark)))
                    .ifPresent(latest -> next.merge(server.endpoint(), latest, Progress::next)));
    return new WrittenTimes(next, synchronous.next(live), rates.next(live, now), now);
  }

  /**
   * How long the downstream has not replayed what its upstream had, at least: since the first poll
   * that showed more WAL than it has replayed by now. Zero if it has replayed all; empty where the
   * distance in bytes is unknown, and for a standby that is behind when its upstream is first seen.
   */
  public Optional<Duration> replayLag(ReplicationLink link, Topology live) {
    return Positions.replayedOf(link, live)
        .flatMap(
            replayed ->
                link.upstream()
                    .ifKnown()
                    .flatMap(endpoint -> Optional.ofNullable(byUpstream.get(endpoint)))
                    .flatMap(progress -> progress.behind(replayed, polledAt)));
  }
}
