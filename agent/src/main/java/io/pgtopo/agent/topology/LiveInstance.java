package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.util.Optional;

/**
 * A server that answered, with the upstream that follows from all observations.
 *
 * @param clock its clock against the agent's, in the poll that these facts are from
 * @param refusal why it accepts no new connection; empty if it does, as far as known
 */
public record LiveInstance(
    Endpoint endpoint,
    LiveUpstream upstream,
    ClockOffset clock,
    InstanceFacts facts,
    Optional<Failure> refusal) {

  /** Equal for all copies of one database cluster. */
  public SystemId systemId() {
    return facts.identity().systemId();
  }

  /** Primary or replica, as it reports. */
  public LiveRole role() {
    return switch (facts.state()) {
      case ServerState.InProduction production -> LiveRole.PRIMARY;
      case ServerState.InRecovery recovery -> LiveRole.REPLICA;
    };
  }
}
