package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
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
            instance.role().isEmpty() ? Evaluation.NOTHING : evaluate(instance, found));
  }

  private static Evaluation evaluate(Instance instance, LiveInstance found) {
    return switch (found.facts().state()) {
      case ServerState.InProduction production ->
          Evaluation.of(
              EnumSet.of(DriftKind.REPLAY_PAUSED, DriftKind.DELAY_MISMATCH),
              Subject.of(instance),
              List.of());
      case ServerState.InRecovery recovery ->
          Evaluation.merged(
              Stream.of(
                  Evaluation.of(
                      DriftKind.REPLAY_PAUSED,
                      Subject.of(instance),
                      recovery.replay() == ServerState.Replay.PAUSED
                          ? Optional.of(new ReplicationDrift.ReplayPaused(instance, found))
                          : Optional.empty()),
                  delay(instance, found)));
    };
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
