package io.pgtopo.agent.observation;

import java.time.Duration;

/**
 * How far a server's clock is ahead of the agent's: an interval, since the server read its clock at
 * an unknown moment of the poll. Negative if it is behind.
 */
public record ClockOffset(Duration least, Duration most) {

  /** Of a server that reported its time within a poll. */
  public static ClockOffset of(ServerTime time, Window poll) {
    return new ClockOffset(
        Duration.between(poll.to(), time.now()), Duration.between(poll.from(), time.now()));
  }

  /** How far this clock is ahead of another one; the agent's own clock cancels out. */
  public ClockOffset minus(ClockOffset other) {
    return new ClockOffset(least.minus(other.most), most.minus(other.least));
  }
}
