package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One drift from when it was first seen until it is gone. {@link TrackedDrift} is what is shown of
 * it.
 *
 * @param drift as it was last seen; empty after a restart of the agent, until it is seen again
 * @param sources without whose answer it is unknown whether it is gone
 * @param firedAt empty while it is pending
 */
public record Episode(
    Drift.Key key,
    Optional<Drift> drift,
    List<Endpoint> sources,
    Instant since,
    Instant lastSeen,
    Optional<Instant> firedAt,
    EpisodeState course) {

  public Episode {
    sources = List.copyOf(sources);
  }

  static Episode starting(Drift drift, List<Instant> earlier, Instant now, Instant steady) {
    return new Episode(
        drift.key(),
        Optional.of(drift),
        drift.sources(),
        now,
        now,
        Optional.empty(),
        EpisodeState.starting(earlier, steady));
  }

  /** This episode after a cycle that saw it. */
  Episode seen(Drift again, EpisodeState next, Instant now) {
    return new Episode(key, Optional.of(again), again.sources(), since, now, firedAt, next);
  }

  /** This episode after a cycle that did not. */
  Episode unseen(EpisodeState next) {
    return new Episode(key, drift, sources, since, lastSeen, firedAt, next);
  }

  Episode firing(Instant now) {
    return new Episode(key, drift, sources, since, lastSeen, Optional.of(now), course);
  }

  /** Whether it comes and goes so often that it is taken for one. */
  public boolean isFlapping() {
    return course.isFlapping();
  }

  /** Pending, firing, or flapping. */
  public TrackedDrift.State state() {
    if (firedAt.isEmpty()) {
      return TrackedDrift.State.PENDING;
    }
    return isFlapping() && Confirmation.isGone(key.kind(), course)
        ? TrackedDrift.State.FLAPPING
        : TrackedDrift.State.FIRING;
  }

  /**
   * What is shown of it. One that never fired is shown as long as it is seen, since nothing else
   * speaks for it. A doubt is shown as long as the last cycle had it, and so is silence: a server
   * that answers is not silent.
   */
  Optional<TrackedDrift> shown() {
    var isHidden =
        course.presence() != TrackedDrift.Presence.SEEN
            && (firedAt.isEmpty()
                || key.kind() == DriftKind.UNVERIFIABLE
                || (Confirmation.isGone(key.kind(), course) && !isFlapping()));
    return drift
        .filter(it -> !isHidden)
        .map(
            it ->
                new TrackedDrift(
                    it, since, lastSeen, state(), course.presence(), course.transitions().size()));
  }

  /** Whether nothing but the passing of time makes it differ from another one. */
  public boolean isAsGoodAs(Episode other) {
    return key.equals(other.key)
        && since.equals(other.since)
        && firedAt.equals(other.firedAt)
        && sources.equals(other.sources)
        && course.presence() == other.course.presence()
        && course.newest().equals(other.course.newest());
  }
}
