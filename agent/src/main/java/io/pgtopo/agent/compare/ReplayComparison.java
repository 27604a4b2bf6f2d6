package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.Optional;
import java.util.stream.Stream;

/** How a replica replays, against how it should: without a pause, and with the declared delay. */
final class ReplayComparison {
  private ReplayComparison() {}

  static Stream<Drift> judge(Instance instance, LiveInstance found) {
    if (instance.role().isEmpty()
        || !(found.facts().state() instanceof ServerState.InRecovery recovery)) {
      return Stream.empty();
    }
    var paused =
        recovery.replay() == ServerState.Replay.PAUSED
            ? Stream.<Drift>of(new ReplicationDrift.ReplayPaused(instance, found))
            : Stream.<Drift>empty();
    return Stream.concat(paused, delay(instance, found).stream());
  }

  private static Optional<Drift> delay(Instance instance, LiveInstance found) {
    return switch (found.facts().recovery()) {
      case Reading.Seen<RecoverySettings>(var settings) ->
          settings.applyDelay().equals(instance.delay())
              ? Optional.empty()
              : Optional.of(
                  new ReplicationDrift.DelayMismatch(instance, found, settings.applyDelay()));
      case Reading.Denied<RecoverySettings>(var reason) when instance.delay().isPositive() ->
          Optional.of(
              new Drift.Unverifiable(
                  DriftKind.DELAY_MISMATCH,
                  Subject.of(instance),
                  new Reason.Hidden(Reason.Hidden.What.FACT, reason)));
      case Reading.Denied<RecoverySettings> denied -> Optional.empty();
    };
  }
}
