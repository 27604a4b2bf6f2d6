package io.pgtopo.agent.history;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.history.Change.Kind;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Episode;
import io.pgtopo.agent.words.DriftText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drifts that opened, fired, began to flap, or are gone. */
final class DriftChanges {
  private DriftChanges() {}

  static List<Change> between(
      DriftTracker before, DriftTracker after, DriftText words, Instant now) {
    var changes = new ArrayList<Change>();
    after
        .episodes()
        .forEach(
            (key, episode) ->
                news(Optional.ofNullable(before.episodes().get(key)), episode)
                    .ifPresent(
                        kind -> changes.add(change(kind, key, sentence(episode, words), now))));
    before
        .episodes()
        .forEach(
            (key, episode) -> {
              if (!after.episodes().containsKey(key)) {
                changes.add(change(Kind.DRIFT_RESOLVED, key, end(episode), now));
              }
            });
    return changes;
  }

  /** That a drift which flaps comes and goes is no news any more. */
  private static Optional<Kind> news(Optional<Episode> before, Episode after) {
    if (before.filter(it -> it.firedAt().isPresent() == after.firedAt().isPresent()).isPresent()) {
      return before
          .filter(it -> !it.isFlapping() && after.isFlapping())
          .map(it -> Kind.DRIFT_FLAPPING);
    }
    return Optional.of(after.firedAt().isPresent() ? Kind.DRIFT_FIRED : Kind.DRIFT_OPENED);
  }

  private static Change change(Kind kind, Drift.Key key, String text, Instant now) {
    return new Change(
        now, kind, Optional.of(key.subject()), Optional.of(key), text, Optional.empty());
  }

  private static String sentence(Episode episode, DriftText words) {
    return episode.drift().map(words::sentence).orElseGet(() -> DriftText.name(episode.key()));
  }

  private static String end(Episode episode) {
    var lasted = Duration.between(episode.since(), episode.lastSeen());
    return "%s, seen from %s to %s%s"
        .formatted(
            DriftText.name(episode.key()),
            episode.since(),
            lasted.isNegative() ? "an earlier time by the clock" : episode.lastSeen().toString(),
            episode.firedAt().isPresent() ? "" : "; it never fired");
  }
}
