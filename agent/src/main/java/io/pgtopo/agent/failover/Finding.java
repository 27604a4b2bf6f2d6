package io.pgtopo.agent.failover;

/**
 * A concern, and what it decides. {@code YES} is for what only has to be noted.
 *
 * @param failover if the primary stops for good without warning
 * @param switchover if it is shut down cleanly first, and the candidate is promoted then
 */
public record Finding(Concern concern, Safety failover, Safety switchover) {

  static Finding both(Safety answer, Concern concern) {
    return new Finding(concern, answer, answer);
  }

  static Finding note(Concern concern) {
    return both(Safety.YES, concern);
  }

  static Finding failover(Safety answer, Concern concern) {
    return new Finding(concern, answer, Safety.YES);
  }

  /** Whether it keeps a failover or a switchover from being safe. */
  public boolean isDecisive() {
    return failover != Safety.YES || switchover != Safety.YES;
  }
}
