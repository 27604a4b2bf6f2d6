package io.pgtopo.agent.observation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time from the begin of a poll to its end, by the agent's clock. */
public record Window(Instant from, Instant to) {

  public Window {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("a window from " + from + " ends before, at " + to);
    }
  }

  /** The window that ends now. A clock that was set back in between makes it empty. */
  public static Window since(Instant from, InstantSource clock) {
    var now = clock.instant();
    return new Window(from, now.isBefore(from) ? from : now);
  }

  /** How long it took. */
  public Duration length() {
    return Duration.between(from, to);
  }
}
