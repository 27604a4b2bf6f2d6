package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.track.TrackedDrift;
import java.util.Optional;

/**
 * An open drift as the policy takes it.
 *
 * @param severity that the policy gives it, or its own
 * @param cause the open drift that it follows from; empty if it stands for itself
 */
public record JudgedDrift(
    TrackedDrift tracked, Severity severity, Standing standing, Optional<Drift.Key> cause) {

  /** It with another standing. */
  JudgedDrift with(Standing other) {
    return new JudgedDrift(tracked, severity, other, cause);
  }

  /** The drift. */
  public Drift drift() {
    return tracked.drift();
  }

  /** What makes it the same drift in the next cycle. */
  public Drift.Key key() {
    return tracked.drift().key();
  }

  /** Its state; in place of it why it does not count, where it does not. */
  public String state() {
    return switch (standing) {
      case Standing.Counts counts -> tracked.state().label();
      case Standing.Ignored ignored -> "ignored";
      case Standing.Suspended suspended -> "suspended";
    };
  }

  /** Whether it is neither ignored nor suspended, and there. */
  public boolean counts() {
    return standing instanceof Standing.Counts && tracked.state() != TrackedDrift.State.FLAPPING;
  }
}
