package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.config.model.Endpoint;
import java.util.Optional;

/**
 * A server that answered, with the upstream that follows from all observations.
 *
 * @param clock its clock against the agent's, in the poll that these facts are from
 * @param refusal why it accepts no new connection; empty if it does, as far as known
 * @param origin proven, or presumed from what is dialled and declared
 * @param proven its origin, as far as it is proven; a hidden one is equal to no other then
 */
public record LiveInstance(
    Endpoint endpoint,
    LiveUpstream upstream,
    ClockOffset clock,
    InstanceFacts facts,
    Optional<Failure> refusal,
    Origin origin,
    Origin proven) {

  /** Whether both are certainly copies of one database cluster. */
  public boolean isCopyOf(LiveInstance other) {
    return proven.equals(other.proven);
  }

  /** Whether they certainly are not: their system identifiers are seen, and differ. */
  public boolean isForeignTo(LiveInstance other) {
    return !proven.equals(other.proven)
        && proven.systemId().isPresent()
        && other.proven.systemId().isPresent();
  }

  /** Primary or replica, as it reports. */
  public LiveRole role() {
    return switch (facts.state()) {
      case ServerState.InProduction production -> LiveRole.PRIMARY;
      case ServerState.InRecovery recovery -> LiveRole.REPLICA;
    };
  }
}
