package io.pgtopo.agent.drift;

import java.util.Locale;

/** How bad a drift is. Its label is a metric label and an API value. */
public enum Severity {
  /** Data or availability is at stake now. */
  CRITICAL,
  /** Something is not as declared, and somebody should look. */
  WARNING,
  /** The agent cannot tell; it is neither drift nor agreement. */
  UNKNOWN;

  /** Lower case, stable. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
