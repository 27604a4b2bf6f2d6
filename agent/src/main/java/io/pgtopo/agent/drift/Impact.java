package io.pgtopo.agent.drift;

/** What a kind of drift means for its cluster. */
public enum Impact {
  /** Something differs, and does harm. */
  HARMS,
  /** Something differs. */
  DIFFERS,
  /** Something differs, and may hide harm. */
  DIFFERS_AND_HIDES,
  /** A member does not answer: harm that cannot be compared. */
  SILENT,
  /** Nothing is known. */
  BLIND;

  /** Whether something is known to differ. */
  public boolean isDifference() {
    return this == HARMS || this == DIFFERS || this == DIFFERS_AND_HIDES;
  }

  /** Whether it harms the cluster. */
  public boolean isHarm() {
    return this == HARMS || this == SILENT;
  }

  /** Whether harm may be hidden. */
  public boolean isBlind() {
    return this == BLIND || this == DIFFERS_AND_HIDES;
  }
}
