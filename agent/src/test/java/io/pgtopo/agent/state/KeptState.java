package io.pgtopo.agent.state;

import io.pgtopo.agent.history.History;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Inventory;
import java.time.Instant;

/** What an agent that starts again knows of one that ended, by way of the file. */
public final class KeptState {
  private KeptState() {}

  public static History overARestart(History history, Hysteresis hysteresis, Inventory declared) {
    try {
      return StateJson.read(StateJson.write(history, Instant.EPOCH), hysteresis).within(declared);
    } catch (StateJson.UnusableException unusable) {
      throw new AssertionError(unusable);
    }
  }
}
