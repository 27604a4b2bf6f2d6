package io.pgtopo.agent.compare;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The standbys that do not replay WAL that is there for them, folded over polls. Immutable. */
public record Standstills(SortedMap<Endpoint, Position> byEndpoint) {
  /** Nothing was polled before. */
  public static final Standstills NONE = new Standstills(new TreeMap<>());

  /** A long record, or a slow archive, may take that long. */
  private static final Duration NORMAL = Duration.ofSeconds(10);

  /**
   * A standby that was at one position in all polls since, with WAL beyond it.
   *
   * @param startedAt when the server started, by its clock
   * @param available the end of that WAL at the first of these polls
   * @param since by the agent's clock
   */
  public record Position(
      Instant startedAt, Lsn replayed, Lsn available, Instant since, Duration lasted) {}

  public Standstills {
    byEndpoint = Collections.unmodifiableSortedMap(new TreeMap<>(byEndpoint));
  }

  /** After one more poll. */
  public Standstills next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Position>();
    for (var instance : live.instances().values()) {
      var replayed = replayed(instance);
      var available = available(instance, live);
      if (replayed.isPresent()
          && available.filter(end -> end.compareTo(replayed.get()) > 0).isPresent()) {
        next.put(instance.endpoint(), position(instance, replayed.get(), available.get(), now));
      }
    }
    return new Standstills(next);
  }

  private Position position(LiveInstance instance, Lsn replayed, Lsn available, Instant now) {
    var startedAt = instance.facts().identity().startedAt();
    return Optional.ofNullable(byEndpoint.get(instance.endpoint()))
        .filter(before -> before.replayed.equals(replayed))
        .filter(before -> before.startedAt.equals(startedAt))
        .filter(before -> !before.since.isAfter(now))
        .map(
            before ->
                new Position(
                    startedAt,
                    replayed,
                    before.available,
                    before.since,
                    Duration.between(before.since, now)))
        .orElseGet(() -> new Position(startedAt, replayed, available, now, Duration.ZERO));
  }

  /** Whether a standby has not moved since an earlier poll. */
  boolean includes(LiveInstance instance) {
    return lasted(instance).filter(Duration::isPositive).isPresent();
  }

  /** Whether a standby has not moved for longer than what is normal. */
  boolean isLong(LiveInstance instance) {
    return lasted(instance).filter(lasted -> lasted.compareTo(NORMAL) >= 0).isPresent();
  }

  /** Whether more WAL has arrived since: what was there before was no record's beginning. */
  boolean receivesMore(LiveInstance instance) {
    return Optional.ofNullable(byEndpoint.get(instance.endpoint()))
        .filter(
            position ->
                received(instance).filter(end -> end.compareTo(position.available) > 0).isPresent())
        .isPresent();
  }

  private Optional<Duration> lasted(LiveInstance instance) {
    return Optional.ofNullable(byEndpoint.get(instance.endpoint())).map(Position::lasted);
  }

  private static Optional<Lsn> available(LiveInstance instance, Topology live) {
    return Stream.of(
            received(instance),
            Optional.of(instance)
                .filter(it -> it.facts().restoresFromArchive())
                .flatMap(it -> archivedFor(it, live))
                .map(WalFile::start))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** What a standby has replayed. */
  static Optional<Lsn> replayed(LiveInstance instance) {
    return instance.facts().state() instanceof ServerState.InRecovery recovery
        ? recovery.replayed()
        : Optional.empty();
  }

  /** The end of the WAL that its walreceiver has written to disk; empty without one. */
  static Optional<Lsn> received(LiveInstance instance) {
    return instance.facts().walReceiver().flatMap(receiver -> receiver.progress().flushed());
  }

  /** The last file of WAL that the primary of a standby has archived. */
  static Optional<WalFile> archivedFor(LiveInstance standby, Topology live) {
    return primaryOf(standby, live)
        .flatMap(
            primary ->
                primary.facts().state() instanceof ServerState.InProduction production
                    ? production.archiver().ifSeen().flatMap(ServerState.Archiver::lastFile)
                    : Optional.empty());
  }

  /** The one primary that has the system identifier of a standby. */
  static Optional<LiveInstance> primaryOf(LiveInstance standby, Topology live) {
    var primaries =
        live.clusterOf(standby).members().stream()
            .flatMap(member -> live.at(member).stream())
            .filter(member -> member.facts().state() instanceof ServerState.InProduction)
            .toList();
    return primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }
}
