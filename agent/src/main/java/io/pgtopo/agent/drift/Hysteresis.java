package io.pgtopo.agent.drift;

import java.time.Duration;

/**
 * How long a drift must last before it fires.
 *
 * @param hold zero to fire at once
 */
public record Hysteresis(Duration hold) {

  public Hysteresis {
    if (hold.isNegative()) {
      throw new IllegalArgumentException("hysteresis is negative: " + hold);
    }
  }
}
