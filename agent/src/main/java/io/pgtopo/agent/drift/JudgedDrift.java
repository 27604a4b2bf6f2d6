package io.pgtopo.agent.drift;

import java.util.Optional;

/**
 * An open drift as the policy takes it.
 *
 * @param severity that the policy gives it, or its own
 * @param cause the open drift that it follows from; empty if it stands for itself
 */
public record JudgedDrift(
    TrackedDrift tracked, Severity severity, Standing standing, Optional<Drift.Key> cause) {

  /** The drift. */
  public Drift drift() {
    return tracked.drift();
  }

  /** What makes it the same drift in the next cycle. */
  public Drift.Key key() {
    return tracked.drift().key();
  }

  /** Whether it is neither ignored nor suspended. */
  public boolean counts() {
    return standing instanceof Standing.Counts;
  }
}
