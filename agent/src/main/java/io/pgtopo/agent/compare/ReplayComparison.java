package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Standstill;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How a replica replays, against how it should: without a pause, and with the declared delay. */
final class ReplayComparison {
  private ReplayComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(
        (instance, found) ->
            evaluate(instance, found, cluster.fleet().earlier().past().standstills()));
  }

  private static Evaluation evaluate(
      Instance instance, LiveInstance found, Standstills standstills) {
    return switch (found.facts().state()) {
      case ServerState.InProduction production ->
          Evaluation.of(
              instance.role().isPresent()
                  ? EnumSet.of(DriftKind.REPLAY_PAUSED, DriftKind.DELAY_MISMATCH)
                  : EnumSet.of(DriftKind.REPLAY_PAUSED),
              Subject.of(instance),
              List.of());
      case ServerState.InRecovery recovery ->
          Evaluation.merged(
              Stream.of(
                  replay(instance, found, recovery, standstills),
                  // Of a remote instance no delay is declared.
                  instance.role().isPresent() ? delay(instance, found) : Evaluation.NOTHING));
    };
  }

  private static Evaluation replay(
      Instance instance,
      LiveInstance found,
      ServerState.InRecovery recovery,
      Standstills standstills) {
    var standstill = standstill(found, recovery, standstills);
    if (standstill.isEmpty()
        && found.facts().recovery() instanceof Reading.Denied<RecoverySettings>(var reason)
        && instance.delay().isZero()
        && isLongWithWal(found, standstills)) {
      return Evaluation.unverifiable(
          DriftKind.REPLAY_PAUSED,
          Subject.of(instance),
          new Reason.Hidden(
              Reason.Hidden.What.FACT,
              "its replay stands still, and whether it has a delay is unknown: " + reason));
    }
    return Evaluation.of(
        DriftKind.REPLAY_PAUSED,
        Subject.of(instance),
        standstill.map(why -> new ReplicationDrift.ReplayPaused(instance, found, why)));
  }

  /** Why it does not replay WAL that has arrived; empty if it does, or waits for its delay. */
  static Optional<Standstill> standstill(
      LiveInstance found, ServerState.InRecovery recovery, Standstills standstills) {
    if (recovery.replay() == ServerState.Replay.PAUSED) {
      return Optional.of(
          new Standstill.Paused(found.facts().survey().ifSeen().flatMap(Survey::recoveryTarget)));
    }
    var arrived = Standstills.received(found);
    if (arrived.isEmpty() || !standstills.includes(found)) {
      return Optional.empty();
    }
    var wait = recovery.startupWait().ifSeen().flatMap(event -> event);
    var conflict = wait.flatMap(Standstill.Conflict::of);
    if (conflict.isPresent()) {
      return Optional.of(new Standstill.InConflict(arrived.get(), conflict.get()));
    }
    return isLongWithWal(found, standstills) && hasNoDelay(found)
        ? Optional.of(new Standstill.Unexplained(arrived.get(), wait))
        : Optional.empty();
  }

  private static boolean isLongWithWal(LiveInstance found, Standstills standstills) {
    return standstills.isLong(found) && standstills.hasWholeRecords(found);
  }

  private static boolean hasNoDelay(LiveInstance found) {
    return found.facts().recovery().ifSeen().filter(it -> it.applyDelay().isZero()).isPresent();
  }

  private static Evaluation delay(Instance instance, LiveInstance found) {
    return switch (found.facts().recovery()) {
      case Reading.Seen<RecoverySettings>(var settings) ->
          Evaluation.of(
              DriftKind.DELAY_MISMATCH,
              Subject.of(instance),
              settings.applyDelay().equals(instance.delay())
                  ? Optional.empty()
                  : Optional.of(
                      new ReplicationDrift.DelayMismatch(instance, found, settings.applyDelay())));
      case Reading.Denied<RecoverySettings>(var reason) when instance.delay().isPositive() ->
          Evaluation.unverifiable(
              DriftKind.DELAY_MISMATCH,
              Subject.of(instance),
              new Reason.Hidden(Reason.Hidden.What.FACT, reason));
      case Reading.Denied<RecoverySettings> denied -> Evaluation.NOTHING;
    };
  }
}
