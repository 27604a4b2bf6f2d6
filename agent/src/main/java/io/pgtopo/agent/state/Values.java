package io.pgtopo.agent.state;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.history.LastAnswer;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.track.Episode;
import io.pgtopo.agent.track.EpisodeState;
import io.pgtopo.agent.track.ResolvedDrift;
import io.pgtopo.agent.track.TrackedDrift.Presence;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the {@link Document} as values. What another version wrote under a word that this one
 * does not know is empty; anything else that is wrong is thrown as it comes.
 */
final class Values {
  private Values() {}

  static Optional<Episode> episode(Document.Open row) {
    return key(row.drift())
        .map(
            key ->
                new Episode(
                    key,
                    Optional.empty(),
                    row.sources().stream().map(Values::endpoint).toList(),
                    Instant.parse(row.since()),
                    Instant.parse(row.lastSeen()),
                    time(row.firedAt()),
                    course(row.course())));
  }

  private static EpisodeState course(Document.StoredEpisode row) {
    return new EpisodeState(
        Duration.ofMillis(row.heldMillis()),
        Presence.valueOf(upper(row.presence())),
        row.cycles(),
        row.transitions().stream().map(Instant::parse).toList());
  }

  static Optional<ResolvedDrift> resolved(Document.Resolved row) {
    return episode(row.drift()).map(episode -> new ResolvedDrift(episode, Instant.parse(row.at())));
  }

  static LastAnswer member(Document.Known row) {
    var answer = row.lastAnswer();
    return new LastAnswer(
        row.cluster(),
        row.name(),
        new LastAnswer.Reported(
            Optional.of(answer.systemId()).filter(id -> !id.isEmpty()).map(SystemId::parse),
            LiveRole.valueOf(upper(answer.role())),
            Instant.parse(answer.startedAt()),
            answer.timeline(),
            Optional.ofNullable(answer.upstream())
                .map(upstream -> new LastAnswer.Followed(upstream.address(), upstream.name()))),
        row.isAnswering());
  }

  static Optional<Change> change(Document.Happened row) {
    return known(Change.Kind.values(), row.kind())
        .map(
            kind ->
                new Change(
                    Instant.parse(row.at()),
                    kind,
                    Optional.ofNullable(row.subject()).map(Values::subject),
                    Optional.ofNullable(row.drift()).flatMap(Values::key),
                    row.text(),
                    time(row.serverTime())));
  }

  static Endpoint endpoint(Document.Address row) {
    return new Endpoint(row.host(), row.port());
  }

  private static Optional<Drift.Key> key(Document.DriftKey row) {
    var about = Optional.ofNullable(row.about()).flatMap(Values::kind);
    return about.isPresent() == (row.about() != null)
        ? kind(row.kind()).map(kind -> new Drift.Key(kind, subject(row.subject()), about))
        : Optional.empty();
  }

  private static Subject subject(Document.About row) {
    return new Subject(
        Objects.requireNonNull(row.cluster()),
        Optional.ofNullable(row.instance()),
        Optional.ofNullable(row.node()),
        Optional.ofNullable(row.partType())
            .map(
                type ->
                    new Subject.Part(
                        Subject.Part.Type.valueOf(upper(type)),
                        Objects.requireNonNull(row.part()))));
  }

  private static Optional<DriftKind> kind(String label) {
    return known(DriftKind.values(), label);
  }

  private static <E extends Enum<E>> Optional<E> known(E[] words, String label) {
    return Arrays.stream(words).filter(word -> word.name().equals(upper(label))).findFirst();
  }

  private static Optional<Instant> time(@Nullable String text) {
    return Optional.ofNullable(text).map(Instant::parse);
  }

  private static String upper(String label) {
    return label.toUpperCase(Locale.ROOT);
  }
}
