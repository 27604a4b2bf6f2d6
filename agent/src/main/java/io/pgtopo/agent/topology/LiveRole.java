package io.pgtopo.agent.topology;

import java.util.Locale;

/** What an instance really is. Its label is a metric label and an API value. */
public enum LiveRole {
  /** In production: it accepts writes. */
  PRIMARY,
  /** In recovery: it replays the WAL of another one. */
  REPLICA,
  /** It did not answer, so nobody knows. */
  UNKNOWN;

  /** Lower case, stable. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
