package io.pgtopo.exporter.view;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.util.Optional;

/**
 * A declared instance, and what one cycle saw of it.
 *
 * @param observation empty if it was not polled
 * @param live empty if it did not answer
 * @param isServer whether a server of its own answered, not that of another address
 */
public record InstanceView(
    Instance declared,
    Optional<Observation> observation,
    Optional<LiveInstance> live,
    boolean isServer) {

  /** What it really is; unknown if it did not answer. */
  public LiveRole role() {
    return live.map(LiveInstance::role).orElse(LiveRole.UNKNOWN);
  }

  /** With which delay it replays; empty if it replays nothing, or hides it. */
  public Optional<Duration> delay() {
    return live.filter(seen -> seen.role() == LiveRole.REPLICA)
        .flatMap(seen -> seen.facts().recovery().ifSeen())
        .map(RecoverySettings::applyDelay);
  }

  /** Whether the agent itself is why nothing is known of it. */
  public boolean isMissed() {
    return failure().filter(it -> it.kind().isOwn()).isPresent();
  }

  /** Why it did not answer; empty if it did. */
  public Optional<Failure> failure() {
    return observation.flatMap(
        seen ->
            switch (seen) {
              case Observation.Unreachable(var endpoint, var window, var failure) ->
                  Optional.of(failure);
              case Observation.Reachable reachable -> Optional.empty();
            });
  }
}
