package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Finding;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import java.util.List;
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

  /** What is wrong with one primary, named as it is declared. */
  Optional<Drift> judge(String name, LiveInstance primary) {
    if (!(primary.facts().state() instanceof ServerState.InProduction production)) {
      return Optional.empty();
    }
    return switch (primary.facts().survey()) {
      case Reading.Denied<Survey>(var reason) -> Optional.of(unverifiable(reason));
      case Reading.Seen<Survey>(var survey) ->
          survey
              .setting("synchronous_standby_names")
              .flatMap(SynchronousStandbys::parse)
              .flatMap(wanted -> judge(name, primary, production, wanted));
    };
  }

  private Optional<Drift> judge(
      String name,
      LiveInstance primary,
      ServerState.InProduction production,
      SynchronousStandbys wanted) {
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
    var proof =
        "%s (%s) says: synchronous_standby_names wants %d of %s, and %d stream"
            .formatted(
                name,
                primary.endpoint(),
                wanted.needed(),
                String.join(", ", wanted.names()),
                present);
    return Optional.of(missing(wanted, present, proof, production));
  }

  private static boolean isSynchronous(WalSender.Stream stream) {
    return stream.state() == WalSender.State.STREAMING
        && (stream.syncState() == WalSender.SyncState.SYNC
            || stream.syncState() == WalSender.SyncState.QUORUM);
  }

  /** Without the standby no commit that waits ever ends: that some do wait is proof enough. */
  private Drift missing(
      SynchronousStandbys wanted, int present, String proof, ServerState.InProduction production) {
    var declared = "%d synchronous".formatted(wanted.needed());
    return switch (production.syncWaits()) {
      case Reading.Denied<ServerState.SyncWaits>(var reason) ->
          missing(
              declared, present, List.of(proof, "whether commits wait is not known: " + reason));
      case Reading.Seen<ServerState.SyncWaits>(var waits) when waits.backends() == 0 ->
          missing(declared, present, List.of(proof));
      case Reading.Seen<ServerState.SyncWaits>(var waits) ->
          new Finding(
              DriftKind.COMMITS_BLOCKED,
              Subject.of(cluster),
              declared,
              "%d commits wait for a standby that is not there".formatted(waits.backends()),
              List.of(
                  proof,
                  "the longest has waited for up to %d s, by wait_event SyncRep"
                      .formatted(waits.longest().toSeconds())));
    };
  }

  private Drift missing(String declared, int present, List<String> proof) {
    return new Finding(
        DriftKind.SYNC_STANDBY_MISSING,
        Subject.of(cluster),
        declared,
        String.valueOf(present),
        proof);
  }

  private Drift unverifiable(String reason) {
    return new Drift.Unverifiable(DriftKind.SYNC_STANDBY_MISSING, Subject.of(cluster), reason);
  }
}
