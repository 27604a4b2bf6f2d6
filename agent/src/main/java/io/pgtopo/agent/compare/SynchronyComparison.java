package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Standstill;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Whether a primary has the synchronous standbys that its commits wait for. On a standby {@code
 * synchronous_standby_names} means nothing.
 */
final class SynchronyComparison {
  /** The times of one poll are read one after the other. */
  private static final Duration SAME_WAIT = Duration.ofMillis(500);

  private final Cluster cluster;
  private final Topology live;
  private final EarlierPoll before;

  private SynchronyComparison(ClusterContext cluster) {
    this.cluster = cluster.cluster();
    this.live = cluster.live();
    this.before = cluster.fleet().earlier();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new SynchronyComparison(cluster);
    return Evaluation.of(
        evaluated(cluster),
        Subject.of(cluster.cluster()),
        cluster.members().answering().values().stream()
            .flatMap(member -> rule.compare(member).stream())
            .toList());
  }

  private static Set<DriftKind> evaluated(ClusterContext cluster) {
    var kinds = EnumSet.noneOf(DriftKind.class);
    var primaries = cluster.members().primaries();
    if (cluster.isWhole() && primaries.stream().allMatch(SynchronyComparison::isKnown)) {
      kinds.add(DriftKind.SYNC_STANDBY_MISSING);
      if (primaries.stream().allMatch(SynchronyComparison::showsWaits)) {
        kinds.add(DriftKind.COMMITS_BLOCKED);
      }
    }
    return kinds;
  }

  /** Whether it shows which standbys its commits wait for, and which it has. */
  private static boolean isKnown(LiveInstance primary) {
    return primary
            .facts()
            .survey()
            .ifSeen()
            .flatMap(survey -> survey.setting("synchronous_standby_names"))
            .filter(names -> names.isBlank() || SynchronousStandbys.parse(names).isPresent())
            .isPresent()
        && primary.facts().replication().showsWalSenders();
  }

  private static boolean showsWaits(LiveInstance primary) {
    return primary.facts().state() instanceof ServerState.InProduction production
        && production.syncWaits().ifSeen().isPresent();
  }

  /** What is wrong with one primary. */
  private Optional<Drift> compare(LiveInstance primary) {
    if (!(primary.facts().state() instanceof ServerState.InProduction production)) {
      return Optional.empty();
    }
    return switch (primary.facts().settings()) {
      case Reading.Denied<SortedMap<String, String>>(var reason) ->
          Optional.of(unverifiable(reason));
      case Reading.Seen<SortedMap<String, String>>(var settings) ->
          Optional.ofNullable(settings.get("synchronous_standby_names"))
              .flatMap(SynchronousStandbys::parse)
              .flatMap(wanted -> compare(primary, production, wanted));
    };
  }

  private Optional<Drift> compare(
      LiveInstance primary, ServerState.InProduction production, SynchronousStandbys wanted) {
    var earlier = sameWait(primary, production);
    var present = 0;
    var idle = new ArrayList<ClusterDrift.IdleStandby>();
    if (primary.facts().replication().senders()
        instanceof Reading.Denied<List<WalSender>>(var reason)) {
      return Optional.of(unverifiable(reason));
    }
    for (var row : primary.facts().replication().walSenders()) {
      switch (row.stream()) {
        case Reading.Denied<WalSender.Stream>(var reason) -> {
          return Optional.of(unverifiable(reason));
        }
        case Reading.Seen<WalSender.Stream>(var stream) when isSynchronous(stream) -> {
          var silence = silence(primary, row);
          if (silence.isPresent()
              || earlier.filter(then -> hasSame(then, row, stream)).isPresent()) {
            idle.add(
                new ClusterDrift.IdleStandby(
                    row.applicationName(),
                    stream.progress().flushed(),
                    silence,
                    standstill(primary, row)));
          } else {
            present++;
          }
        }
        case Reading.Seen<WalSender.Stream> other -> {}
      }
    }
    if (present >= wanted.needed()) {
      return Optional.empty();
    }
    return Optional.of(
        missing(new ClusterDrift.MissingStandbys(primary, wanted, present, idle), production));
  }

  private Optional<Silence> silence(LiveInstance primary, WalSender row) {
    return linkOf(primary, row).flatMap(link -> Silence.of(link, live));
  }

  /** Why the standby behind a walsender replays nothing, if it answered. */
  private Optional<Standstill> standstill(LiveInstance primary, WalSender row) {
    return linkOf(primary, row)
        .flatMap(link -> link.downstream().ifKnown())
        .flatMap(live::at)
        .flatMap(
            found ->
                found.facts().state() instanceof ServerState.InRecovery recovery
                    ? ReplayComparison.standstill(found, recovery, before.past().standstills())
                    : Optional.empty());
  }

  private Optional<ReplicationLink> linkOf(LiveInstance primary, WalSender row) {
    return live.clusterOf(primary).links().stream()
        .filter(link -> link.upstream().equals(new Peer.Known(primary.endpoint())))
        .filter(link -> link.sender().equals(Optional.of(row)))
        .findFirst();
  }

  /**
   * The primary at the poll before, if the statement whose commit waits longest waited then too.
   * When a statement began is known, and not its wait: a batch that commits often looks the same,
   * but then the standbys confirm something.
   */
  private Optional<LiveInstance> sameWait(
      LiveInstance primary, ServerState.InProduction production) {
    var since = waitingSince(primary, production);
    return since.isEmpty()
        ? Optional.empty()
        : before
            .topology()
            .flatMap(topology -> topology.at(primary.endpoint()))
            .filter(then -> then.facts().identity().isSameServer(primary.facts().identity()))
            .filter(
                then ->
                    Duration.between(then.facts().time().now(), primary.facts().time().now())
                            .compareTo(EarlierPoll.LONG_ENOUGH)
                        >= 0)
            .filter(
                then ->
                    then.facts().state() instanceof ServerState.InProduction earlier
                        && waitingSince(then, earlier)
                            .map(start -> Duration.between(start, since.get()).abs())
                            .filter(apart -> apart.compareTo(SAME_WAIT) < 0)
                            .isPresent());
  }

  private static Optional<Instant> waitingSince(
      LiveInstance primary, ServerState.InProduction production) {
    return production
        .syncWaits()
        .ifSeen()
        .filter(waits -> waits.backends() > 0)
        .map(waits -> primary.facts().time().now().minus(waits.longest()));
  }

  /**
   * Whether the walsender knew of the same positions at an earlier poll: those that commits wait
   * for. With {@code remote_apply} that is what its standby has replayed.
   */
  private static boolean hasSame(LiveInstance then, WalSender row, WalSender.Stream stream) {
    var needsReplay =
        then.facts()
            .survey()
            .ifSeen()
            .flatMap(survey -> survey.setting("synchronous_commit"))
            .filter("remote_apply"::equals)
            .isPresent();
    if (!(then.facts().state() instanceof ServerState.InProduction earlier)
        || hasAll(stream.progress(), earlier.written(), needsReplay)) {
      return false;
    }
    return then.facts().replication().walSenders().stream()
        .filter(other -> other.backend().equals(row.backend()))
        .flatMap(other -> other.stream().ifSeen().stream())
        .map(WalSender.Stream::progress)
        .anyMatch(
            progress ->
                (needsReplay && progress.replayed().equals(stream.progress().replayed()))
                    || (progress.written().equals(stream.progress().written())
                        && progress.flushed().equals(stream.progress().flushed())));
  }

  /** Whether it has confirmed all that was written: then no commit waits for it. */
  private static boolean hasAll(WalSender.Progress progress, Lsn written, boolean needsReplay) {
    return (needsReplay ? progress.replayed() : progress.flushed())
        .filter(confirmed -> confirmed.compareTo(written) >= 0)
        .isPresent();
  }

  private static boolean isSynchronous(WalSender.Stream stream) {
    return stream.state() == WalSender.State.STREAMING
        && (stream.syncState() == WalSender.SyncState.SYNC
            || stream.syncState() == WalSender.SyncState.QUORUM);
  }

  private Drift missing(
      ClusterDrift.MissingStandbys standbys, ServerState.InProduction production) {
    return production.syncWaits() instanceof Reading.Seen<ServerState.SyncWaits>(var waits)
            && waits.backends() > 0
        ? new ClusterDrift.CommitsBlocked(cluster, standbys, waits)
        : new ClusterDrift.SyncStandbyMissing(cluster, standbys, production.syncWaits());
  }

  private Drift unverifiable(String text) {
    return new Drift.Unverifiable(
        DriftKind.SYNC_STANDBY_MISSING,
        Subject.of(cluster),
        new Reason.Hidden(Reason.Hidden.What.FACT, text));
  }
}
