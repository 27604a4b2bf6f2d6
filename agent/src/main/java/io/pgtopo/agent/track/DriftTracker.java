package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.track.TrackedDrift.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The drifts that are open, folded over time. Immutable: {@link #next} returns the tracker after.
 *
 * @param resolved drifts that fired and are gone, oldest first; the newest {@link #MOST_RESOLVED}
 * @param at when the last cycle was, by the steady clock; empty before the first one
 */
public record DriftTracker(
    Hysteresis hysteresis,
    SortedMap<Drift.Key, Episode> episodes,
    List<ResolvedDrift> resolved,
    Grace grace,
    Optional<Instant> at) {

  /** How many resolved drifts are remembered. */
  public static final int MOST_RESOLVED = 256;

  public DriftTracker {
    episodes = Collections.unmodifiableSortedMap(new TreeMap<>(episodes));
    resolved = List.copyOf(resolved);
  }

  /** A tracker that has seen nothing. */
  public static DriftTracker starting(Hysteresis hysteresis) {
    return resuming(hysteresis, List.of(), List.of());
  }

  /** The tracker of an agent that starts again, and knows this from before. */
  public static DriftTracker resuming(
      Hysteresis hysteresis, Collection<Episode> episodes, List<ResolvedDrift> resolved) {
    var byKey = new TreeMap<Drift.Key, Episode>();
    episodes.forEach(episode -> byKey.put(episode.key(), episode));
    return new DriftTracker(
        hysteresis, byKey, resolved, Grace.starting(hysteresis.grace()), Optional.empty());
  }

  /** This tracker with another hysteresis from now on. */
  public DriftTracker with(Hysteresis other) {
    return new DriftTracker(other, episodes, resolved, grace, at);
  }

  /** What is open, in order of kind and subject. */
  public List<TrackedDrift> open() {
    return episodes.values().stream().flatMap(episode -> episode.shown().stream()).toList();
  }

  /** What fired before the agent was restarted, and has not been found since. */
  public Set<Drift.Key> forgotten() {
    return episodes.values().stream()
        .filter(episode -> episode.drift().isEmpty() && episode.firedAt().isPresent())
        .map(Episode::key)
        .collect(Collectors.toSet());
  }

  /**
   * The tracker after one more cycle. A drift that was open keeps its {@code since}. One that two
   * cycles in a row do not see is closed, unless it flaps; one that could not be evaluated stays
   * open.
   */
  public DriftTracker next(
      List<Drift> seen, CycleContext circumstances, Instant now, Instant steady) {
    var elapsed = at.map(before -> Duration.between(before, steady)).orElse(Duration.ZERO);
    var left = grace.next(elapsed, circumstances.unsettled(), hysteresis.grace());
    var fold = new Fold(elapsed, now, steady, left);
    seen.forEach(fold::see);
    var doubts = doubts(seen);
    for (var episode : episodes.values()) {
      if (!fold.after.containsKey(episode.key())) {
        var isHidden = circumstances.hide(episode) || isInDoubt(episode.key(), doubts);
        fold.miss(episode, isHidden ? Presence.UNKNOWN : Presence.MISSED);
      }
    }
    return fold.tracker();
  }

  /** A kind that could not be evaluated of a subject and of all that belongs to it. */
  private record Doubt(DriftKind about, Subject subject) {}

  private static Set<Doubt> doubts(List<Drift> seen) {
    return seen.stream()
        .filter(Drift.Unverifiable.class::isInstance)
        .map(Drift.Unverifiable.class::cast)
        .map(unknown -> new Doubt(unknown.about(), unknown.subject()))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static boolean isInDoubt(Drift.Key key, Set<Doubt> doubts) {
    var subject = key.subject();
    if (key.kind().needsThePrimary()
        && doubts.contains(new Doubt(DriftKind.NO_PRIMARY, subject.wholeCluster()))) {
      return true;
    }
    return Stream.of(subject, subject.whole(), subject.wholeCluster())
        .anyMatch(holder -> doubts.contains(new Doubt(key.kind(), holder)));
  }

  /** One step of the fold. */
  private final class Fold {
    private final Duration elapsed;
    private final Instant now;
    private final Instant steady;
    private final Grace left;
    private final SortedMap<Drift.Key, Episode> after = new TreeMap<>();
    private final List<ResolvedDrift> gone = new ArrayList<>(resolved);

    Fold(Duration elapsed, Instant now, Instant steady, Grace left) {
      this.elapsed = elapsed;
      this.now = now;
      this.steady = steady;
      this.left = left;
    }

    void see(Drift drift) {
      var known = Optional.ofNullable(episodes.get(drift.key()));
      var episode =
          known
              .map(it -> it.seen(drift, it.course().next(Presence.SEEN, elapsed, steady), now))
              .orElseGet(() -> Episode.starting(drift, earlier(drift.key()), now, steady));
      var isFiring = !left.excuses(drift) && fires(episode);
      after.put(drift.key(), isFiring ? episode.firing(now) : episode);
    }

    private List<Instant> earlier(Drift.Key key) {
      return gone.reversed().stream()
          .map(ResolvedDrift::episode)
          .filter(episode -> episode.key().equals(key))
          .findFirst()
          .map(episode -> episode.course().transitions())
          .orElse(List.of());
    }

    private boolean fires(Episode episode) {
      var course = episode.course();
      var hold = hysteresis.hold();
      return episode.firedAt().isEmpty()
          && (hold.isZero()
              || course.isFlapping()
              || Confirmation.hasLasted(episode.key().kind(), course, hold));
    }

    void miss(Episode episode, Presence presence) {
      var next = episode.unseen(episode.course().next(presence, elapsed, steady));
      var isGone = presence == Presence.MISSED && next.course().cycles() >= Confirmation.CYCLES;
      if (!isGone || next.course().isFlapping()) {
        after.put(next.key(), next);
      } else if (next.firedAt().isPresent()) {
        gone.add(new ResolvedDrift(next, now));
      }
    }

    DriftTracker tracker() {
      var newest = gone.subList(Math.max(0, gone.size() - MOST_RESOLVED), gone.size());
      return new DriftTracker(hysteresis, after, newest, left, Optional.of(steady));
    }
  }
}
