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
import java.util.Optional;

/**
 * Whether a primary has the synchronous standbys that its commits wait for. On a standby {@code
 * synchronous_standby_names} means nothing.
 */
final class SynchronyComparison {
  private final Cluster cluster;

  SynchronyComparison(Cluster cluster) {
    this.cluster = cluster;
  }

  /** What is wrong with one primary. */
  Optional<Drift> judge(LiveInstance primary) {
    if (!(primary.facts().state() instanceof ServerState.InProduction production)) {
      return Optional.empty();
    }
    return switch (primary.facts().survey()) {
      case Reading.Denied<Survey>(var reason) -> Optional.of(unverifiable(reason));
      case Reading.Seen<Survey>(var survey) ->
          survey
              .setting("synchronous_standby_names")
              .flatMap(SynchronousStandbys::parse)
              .flatMap(wanted -> judge(primary, production, wanted));
    };
  }

  private Optional<Drift> judge(
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
