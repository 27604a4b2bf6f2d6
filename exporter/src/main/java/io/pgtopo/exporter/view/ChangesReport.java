package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What happened lately, oldest first. */
public record ChangesReport(
    @JsonPropertyDescription("of the last cycle") Optional<Instant> endedAt,
    List<ChangeEntry> changes) {

  /** Something that happened. */
  public record ChangeEntry(
      @JsonPropertyDescription("when it was noticed, by pgtopo's clock") Instant at,
      @OneOf(Change.Kind.class) String kind,
      @JsonPropertyDescription("null for the agent itself") Optional<String> cls,
      Optional<String> ins,
      Optional<String> part,
      @OneOf(DriftKind.class) Optional<String> drift,
      @JsonPropertyDescription("whether that drift could not be verified, so that none is claimed")
          boolean unverifiable,
      String text,
      @JsonPropertyDescription("when it happened, by the server's clock, if PostgreSQL reports it")
          Optional<Instant> serverTime) {

    private static ChangeEntry of(Change change) {
      var subject = change.subject();
      return new ChangeEntry(
          change.at(),
          change.kind().label(),
          subject.map(Subject::cluster),
          subject.flatMap(DriftEntry::instanceOf),
          subject.flatMap(DriftEntry::partOf),
          change.drift().map(key -> key.about().orElse(key.kind()).label()),
          change.drift().flatMap(Drift.Key::about).isPresent(),
          change.text(),
          change.serverTime());
    }
  }

  /** The changes of some clusters, and of the agent itself. */
  public static ChangesReport of(Snapshot snapshot, Predicate<String> cluster) {
    return new ChangesReport(
            Optional.of(snapshot.window().to()),
            snapshot.changes().stream().map(ChangeEntry::of).toList())
        .only(cluster, Instant.MIN);
  }

  /** All of a journal. */
  public static ChangesReport of(List<Change> journal) {
    return new ChangesReport(Optional.empty(), journal.stream().map(ChangeEntry::of).toList());
  }

  /** Those of some clusters, and of the agent itself, from a moment on. */
  public ChangesReport only(Predicate<String> cluster, Instant since) {
    return new ChangesReport(
        endedAt,
        changes.stream()
            .filter(change -> change.cls().filter(cluster.negate()).isEmpty())
            .filter(change -> !change.at().isBefore(since))
            .toList());
  }
}
