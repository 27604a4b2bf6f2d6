package io.pgtopo.agent.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What is true of one cluster at one moment, by what was measured and what was staged. */
final class Truths {
  /** Two polls, the hold, and polls that wait for a server that does not answer. */
  static final Duration SOON = Duration.ofSeconds(9);

  /** The agent tries a new connection every 10 seconds, and one takes as long as a poll. */
  static final Duration NEXT_ATTEMPT = Duration.ofSeconds(25);

  static final Standpoint OPEN = new Standpoint.Open("not decided by what is measured");

  private Truths() {}

  /** What is true now; {@code servers} by their addresses. */
  static Chronicle.Moment of(Instant at, Arena arena, Map<String, Measured> servers) {
    var facts = new TreeMap<Fact, Standpoint>();
    new InstanceTruths(at, arena, servers, facts).collect();
    new ClusterTruths(arena, servers, facts).collect();
    var state = new Measurements(arena, servers);
    return new Chronicle.Moment(
        at, facts, state.leaders(), state.running(), state.currentRoles(), state.upstreams());
  }

  static Standpoint yes(String cause, Duration within) {
    return new Standpoint.Yes(cause, within);
  }

  static Standpoint soon(String cause) {
    return yes(cause, SOON);
  }
}
