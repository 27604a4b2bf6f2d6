package io.pgtopo.agent.observation;

import java.time.Duration;
import java.time.Instant;

/** The time between question and answer, by the agent's clock. */
public record Window(Instant from, Instant to) {

  public Window {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("a window from " + from + " ends before, at " + to);
    }
  }

  /** How long the answer took. */
  public Duration length() {
    return Duration.between(from, to);
  }
}
