package io.pgtopo.agent.campaign;

import java.time.Duration;

/**
 * Whether a fact is true. What is neither {@link Yes} nor {@link Open} is false: to say it is a
 * mistake.
 */
sealed interface Standpoint {

  /**
   * True, so it is to be told.
   *
   * @param cause of this truth; another cause begins another wait
   * @param within how long after the beginning it may be told at the latest
   * @param isHidden whether no login can see it, so that it is to be shown as unknown
   */
  record Yes(String cause, Duration within, boolean isHidden) implements Standpoint {
    Yes(String cause, Duration within) {
      this(cause, within, false);
    }
  }

  /** It may be told, and need not be: it is changing, or the measurement does not decide it. */
  record Open(String why) implements Standpoint {}
}
