package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;

/** A server that answered, and what follows from all answers about it. */
public record LiveInstance(Endpoint endpoint, LiveUpstream upstream, InstanceFacts facts) {

  /** The family it belongs to. */
  public SystemId systemId() {
    return facts.identity().systemId();
  }

  /** Primary or replica, by its own word. */
  public LiveRole role() {
    return switch (facts.state()) {
      case ServerState.InProduction production -> LiveRole.PRIMARY;
      case ServerState.InRecovery recovery -> LiveRole.REPLICA;
    };
  }
}
