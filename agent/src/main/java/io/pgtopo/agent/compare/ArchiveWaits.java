package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ArchiveFault;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The servers that have complete files of WAL and archive none, folded over polls. Immutable.
 *
 * <p>{@code pg_stat_archiver} counts an attempt when it ends. One that hangs, an empty {@code
 * archive_command} and an archiver that does not run are counted neither as success nor as failure.
 */
public record ArchiveWaits(SortedMap<Endpoint, Wait> byEndpoint) {
  /** Nothing was polled before. */
  public static final ArchiveWaits NONE = new ArchiveWaits(new TreeMap<>());

  /** The archiver looks for files by itself every 60 s, so a lost signal explains that much. */
  private static final Duration NORMAL = Duration.ofSeconds(90);

  /**
   * A server whose archiver has counted nothing in all polls since.
   *
   * @param startedAt when the server started, by its clock
   * @param file the first position of the file of WAL that it wrote at the first of these polls
   * @param writing that of the file that is written now
   * @param completeSince the first poll at which that file was complete, by the agent's clock;
   *     empty while it is not
   */
  public record Wait(
      Instant startedAt,
      ServerState.Archiver archiver,
      Lsn file,
      Lsn writing,
      Optional<Instant> completeSince,
      Duration lasted) {}

  public ArchiveWaits {
    byEndpoint = Collections.unmodifiableSortedMap(new TreeMap<>(byEndpoint));
  }

  /** After one more poll; what is silent keeps its past. */
  public ArchiveWaits next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Wait>();
    byEndpoint.forEach(
        (endpoint, wait) -> {
          if (live.unreachable().containsKey(endpoint)) {
            next.put(endpoint, wait);
          }
        });
    live.instances()
        .forEach(
            (endpoint, found) ->
                now(found)
                    .map(wait -> after(Optional.ofNullable(byEndpoint.get(endpoint)), wait, now))
                    .ifPresent(wait -> next.put(endpoint, wait)));
    return new ArchiveWaits(next);
  }

  /** Empty for one that archives nothing by its settings, or whose archiver is hidden. */
  private static Optional<Wait> now(LiveInstance found) {
    var file =
        found
            .facts()
            .survey()
            .ifSeen()
            .filter(survey -> archives(found))
            .flatMap(Survey::segmentBytes)
            .flatMap(bytes -> Positions.end(found.facts().state()).map(end -> end.segment(bytes)));
    return file.flatMap(
        writing ->
            found
                .facts()
                .state()
                .archiver()
                .ifSeen()
                .map(
                    archiver ->
                        new Wait(
                            found.facts().identity().startedAt(),
                            archiver,
                            writing,
                            writing,
                            Optional.empty(),
                            Duration.ZERO)));
  }

  /** A primary does unless it is off, a standby only if it always does; unknown is no. */
  static boolean archives(LiveInstance found) {
    var mode = found.facts().survey().ifSeen().flatMap(survey -> survey.setting("archive_mode"));
    return switch (found.facts().state()) {
      case ServerState.InProduction production -> mode.filter(it -> !it.equals("off")).isPresent();
      case ServerState.InRecovery recovery -> mode.filter("always"::equals).isPresent();
    };
  }

  private static Wait after(Optional<Wait> earlier, Wait found, Instant now) {
    return earlier
        .filter(then -> then.startedAt.equals(found.startedAt))
        .filter(then -> then.archiver.equals(found.archiver))
        .filter(then -> then.completeSince.filter(since -> since.isAfter(now)).isEmpty())
        .map(
            then -> {
              var since =
                  then.completeSince.or(
                      () -> Optional.of(now).filter(it -> !then.file.equals(found.writing)));
              return new Wait(
                  found.startedAt,
                  found.archiver,
                  then.file,
                  found.writing,
                  since,
                  since.map(from -> Duration.between(from, now)).orElse(Duration.ZERO));
            })
        .orElse(found);
  }

  /** That a complete file has waited for longer than is normal, and nothing was archived. */
  Optional<ArchiveFault> fault(LiveInstance found) {
    return Optional.ofNullable(byEndpoint.get(found.endpoint()))
        .filter(wait -> wait.lasted.compareTo(NORMAL) >= 0)
        .map(
            wait ->
                new ArchiveFault.StandsStill(
                    wait.file, wait.writing, wait.lasted, wait.archiver.lastArchived()));
  }
}
