package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How fast standbys replayed WAL between two polls at both of which they had some left: what
 * replays all that comes shows only how fast that came. Immutable.
 */
public record ReplayRates(SortedMap<Endpoint, Course> byStandby) {
  /** Nothing was polled before. */
  static final ReplayRates NONE = new ReplayRates(new TreeMap<>());

  /** So many of the last are kept: what is replayed changes. */
  private static final int KEPT = 10;

  /** Polls that are closer show the granularity of the positions and not the rate. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** How long something takes, at least and at most. */
  public record Range(Duration least, Duration most) {}

  /**
   * One standby.
   *
   * @param left bytes that it had and had not replayed
   * @param rates in bytes per second, oldest first
   */
  public record Course(
      Reading<SystemId> systemId, Lsn replayed, long left, Instant at, List<Double> rates) {
    public Course {
      rates = List.copyOf(rates);
    }

    private Course next(Course latest) {
      var took = Duration.between(at, latest.at);
      var bytes = latest.replayed.bytesAfter(replayed);
      if (!systemId.equals(latest.systemId) || bytes < 0) {
        return latest;
      }
      if (took.compareTo(SHORTEST) < 0) {
        return this;
      }
      var all = new ArrayList<>(rates);
      if (left > 0 && latest.left > 0 && bytes > 0) {
        all.add(bytes * 1e9 / took.toNanos());
      }
      return new Course(
          latest.systemId,
          latest.replayed,
          latest.left,
          latest.at,
          all.subList(Math.max(0, all.size() - KEPT), all.size()));
    }
  }

  public ReplayRates {
    byStandby = Collections.unmodifiableSortedMap(new TreeMap<>(byStandby));
  }

  /**
   * After one more poll. What does not answer, or is no standby any more, is forgotten.
   *
   * @param now by the agent's steady clock
   */
  ReplayRates next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Course>();
    for (var server : live.instances().values()) {
      course(server, now)
          .ifPresent(
              latest -> {
                var before = byStandby.get(server.endpoint());
                next.put(server.endpoint(), before == null ? latest : before.next(latest));
              });
    }
    return new ReplayRates(next);
  }

  private static Optional<Course> course(LiveInstance server, Instant now) {
    return server.facts().state() instanceof ServerState.InRecovery
        ? Positions.end(server.facts().state())
            .flatMap(
                end ->
                    Positions.replayed(server)
                        .map(
                            replayed ->
                                new Course(
                                    server.facts().identity().systemId(),
                                    replayed,
                                    end.bytesAfter(replayed),
                                    now,
                                    List.of())))
        : Optional.empty();
  }

  /** How long a standby needs for so many bytes; empty if no rate of it was measured. */
  public Optional<Range> toReplay(LiveInstance standby, long bytes) {
    if (bytes == 0) {
      return Optional.of(new Range(Duration.ZERO, Duration.ZERO));
    }
    var rates =
        Optional.ofNullable(byStandby.get(standby.endpoint())).map(Course::rates).orElse(List.of());
    return rates.stream()
        .max(Comparator.naturalOrder())
        .map(
            fastest ->
                new Range(
                    at(bytes, fastest),
                    at(bytes, rates.stream().min(Comparator.naturalOrder()).orElse(fastest))));
  }

  private static Duration at(long bytes, double rate) {
    return Duration.ofMillis(Math.round(bytes * 1_000.0 / rate));
  }
}
