package io.pgtopo.agent.compare;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
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
   * @param written how far its primary has written WAL now; empty if that is unknown
   */
  public record Position(
      Instant startedAt,
      Lsn replayed,
      Lsn available,
      Instant since,
      Duration lasted,
      Optional<Lsn> written) {}

  public Standstills {
    byEndpoint = Collections.unmodifiableSortedMap(new TreeMap<>(byEndpoint));
  }

  /** After one more poll. */
  public Standstills next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Position>();
    for (var instance : live.instances().values()) {
      var replayed = Positions.replayed(instance);
      var available = available(instance, live);
      if (replayed.isPresent()
          && available.filter(end -> end.compareTo(replayed.get()) > 0).isPresent()) {
        var written = primaryOf(instance, live).flatMap(it -> Positions.end(it.facts().state()));
        var found = start(instance, replayed.get(), available.get(), now, written);
        next.put(instance.endpoint(), position(instance.endpoint(), found));
      }
    }
    return new Standstills(next);
  }

  private static Position start(
      LiveInstance instance, Lsn replayed, Lsn available, Instant now, Optional<Lsn> written) {
    var startedAt = instance.facts().identity().startedAt();
    return new Position(startedAt, replayed, available, now, Duration.ZERO, written);
  }

  private Position position(Endpoint endpoint, Position found) {
    return Optional.ofNullable(byEndpoint.get(endpoint))
        .filter(before -> before.replayed.equals(found.replayed))
        .filter(before -> before.startedAt.equals(found.startedAt))
        .filter(before -> !before.since.isAfter(found.since))
        .map(
            before ->
                new Position(
                    found.startedAt,
                    found.replayed,
                    before.available,
                    before.since,
                    Duration.between(before.since, found.since),
                    found.written))
        .orElse(found);
  }

  /** Whether a standby has not moved since an earlier poll. */
  boolean includes(LiveInstance instance) {
    return lasted(instance).filter(Duration::isPositive).isPresent();
  }

  /** Whether a standby has not moved for longer than what is normal. */
  boolean isLong(LiveInstance instance) {
    return lasted(instance).filter(lasted -> lasted.compareTo(NORMAL) >= 0).isPresent();
  }

  /**
   * Whether what has arrived is more than the beginning of a record: more has arrived since, or its
   * primary has written no more.
   */
  boolean hasWholeRecords(LiveInstance instance) {
    return Optional.ofNullable(byEndpoint.get(instance.endpoint()))
        .filter(
            position ->
                received(instance)
                    .filter(
                        end ->
                            end.compareTo(position.available) > 0
                                || position.written.filter(end::equals).isPresent())
                    .isPresent())
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

  /**
   * The end of the WAL that its walreceiver has written to disk; empty without one. Where its row
   * is hidden, {@code pg_last_wal_receive_lsn()} is not.
   */
  static Optional<Lsn> received(LiveInstance instance) {
    return instance.facts().state() instanceof ServerState.InRecovery recovery
            && Deliveries.isHidden(instance)
        ? recovery.received()
        : instance.facts().walReceiver().flatMap(receiver -> receiver.progress().flushed());
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
