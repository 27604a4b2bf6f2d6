package io.pgtopo.agent.track;

import io.pgtopo.agent.track.TrackedDrift.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a drift has gone on so far.
 *
 * @param held how long it has been open, as the sum of the times between cycles
 * @param presence in the last cycle
 * @param cycles how many consecutive ones had this presence
 * @param transitions when it came or went, by the steady clock, as far as {@link #FLAPPING_WINDOW}
 *     goes back; the newest {@link #MOST_TRANSITIONS} of them
 */
public record EpisodeState(
    Duration held, Presence presence, int cycles, List<Instant> transitions) {
  /** What comes or goes more often within {@link #FLAPPING_WINDOW} flaps. */
  static final int MOST_ORDINARY_TRANSITIONS = 4;

  /** How far back it is counted how often a drift came or went. */
  public static final Duration FLAPPING_WINDOW = Duration.ofMinutes(10);

  static final int MOST_TRANSITIONS = 100;

  public EpisodeState {
    transitions = List.copyOf(transitions);
  }

  /** The course of a drift that is seen for the first time, or again. */
  static EpisodeState starting(List<Instant> earlier, Instant now) {
    return new EpisodeState(Duration.ZERO, Presence.SEEN, 1, recent(earlier, now, Stream.of(now)));
  }

  /** This course after one more cycle. */
  EpisodeState next(Presence now, Duration elapsed, Instant at) {
    var isTurn = (presence == Presence.MISSED) != (now == Presence.MISSED);
    return new EpisodeState(
        held.plus(elapsed),
        now,
        now == presence ? cycles + 1 : 1,
        recent(transitions, at, isTurn ? Stream.of(at) : Stream.empty()));
  }

  /** Whether it comes and goes so often that it is taken for one. */
  boolean isFlapping() {
    return transitions.size() > MOST_ORDINARY_TRANSITIONS;
  }

  /** When it last came or went, as far back as that is remembered. */
  Optional<Instant> newest() {
    return transitions.isEmpty() ? Optional.empty() : Optional.of(transitions.getLast());
  }

  /** Without what is too old, and without what a clock that was set back has put in the future. */
  private static List<Instant> recent(List<Instant> times, Instant now, Stream<Instant> newest) {
    var kept =
        Stream.concat(
                times.stream()
                    .filter(time -> !time.isAfter(now))
                    .filter(time -> time.isAfter(now.minus(FLAPPING_WINDOW))),
                newest)
            .toList();
    return kept.subList(Math.max(0, kept.size() - MOST_TRANSITIONS), kept.size());
  }
}
