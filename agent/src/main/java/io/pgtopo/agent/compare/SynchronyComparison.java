package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a primary has the synchronous standbys that its commits wait for. On a standby {@code
 * synchronous_standby_names} means nothing.
 */
final class SynchronyComparison {
  private final Cluster cluster;

  private SynchronyComparison(Cluster cluster) {
    this.cluster = cluster;
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new SynchronyComparison(cluster.cluster());
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
        && primary.facts().replication().walSenders().stream()
            .allMatch(row -> row.stream().ifSeen().isPresent());
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
    return switch (primary.facts().survey()) {
      case Reading.Denied<Survey>(var reason) -> Optional.of(unverifiable(reason));
      case Reading.Seen<Survey>(var survey) ->
          survey
              .setting("synchronous_standby_names")
              .flatMap(SynchronousStandbys::parse)
              .flatMap(wanted -> compare(primary, production, wanted));
    };
  }

  private Optional<Drift> compare(
      LiveInstance primary, ServerState.InProduction production, SynchronousStandbys wanted) {
    var present = 0;
    for (var row : primary.facts().replication().walSenders()) {
      switch (row.stream()) {
        case Reading.Denied<WalSender.Stream>(var reason) -> {
          return Optional.of(unverifiable(reason));
        }
        case Reading.Seen<WalSender.Stream>(var stream) -> present += isSynchronous(stream) ? 1 : 0;
      }
    }
    if (present >= wanted.needed()) {
      return Optional.empty();
    }
    return Optional.of(
        missing(new ClusterDrift.MissingStandbys(primary, wanted, present), production));
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
