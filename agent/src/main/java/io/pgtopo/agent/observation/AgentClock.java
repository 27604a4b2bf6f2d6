package io.pgtopo.agent.observation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of the agent: {@link #instant} is the wall clock, to tell times; it may be set. {@link
 * #steady} decides how long something lasts.
 */
public interface AgentClock extends InstantSource {

  /** A moment to compare with others of this process only: no clock that is set moves it. */
  default Instant steady() {
    return instant();
  }

  /**
   * Both clocks.
   *
   * @param nanos monotonic, such as {@code System.nanoTime()}
   */
  static AgentClock of(InstantSource wall, LongSupplier nanos) {
    var started = wall.instant();
    var startedNanos = nanos.getAsLong();
    return new AgentClock() {
      @Override
      public Instant instant() {
        return wall.instant();
      }

      @Override
      public Instant steady() {
        return started.plusNanos(nanos.getAsLong() - startedNanos);
      }
    };
  }
}
