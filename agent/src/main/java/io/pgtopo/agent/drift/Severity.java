package io.pgtopo.agent.drift;

import io.pgtopo.config.model.Labelled;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How bad a drift is, the worst first. Its label is a metric label and an API value. */
public enum Severity implements Labelled {
  /** Data or availability is at stake now. */
  CRITICAL,
  /** Something is not as declared and needs attention. */
  WARNING,
  /** Something is not as declared, and well for all that is known. */
  INFO,
  /** It could not be verified: neither drift nor agreement. */
  UNKNOWN;

  /** The severity of a label. */
  public static Severity of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** The labels that a kind of drift may be rated with. */
  static List<String> ratings() {
    return Arrays.stream(values())
        .filter(severity -> severity != UNKNOWN)
        .map(Severity::label)
        .toList();
  }
}
