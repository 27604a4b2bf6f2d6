package io.pgtopo.config.model;

import java.util.List;

/**
 * The words for drift that a policy may use.
 *
 * @param kinds of drift
 * @param severities the worst first
 */
public record DriftVocabulary(List<String> kinds, List<String> severities) {

  /** Without words no drift can be spoken of. */
  public static final DriftVocabulary EMPTY = new DriftVocabulary(List.of(), List.of());

  public DriftVocabulary {
    kinds = List.copyOf(kinds);
    severities = List.copyOf(severities);
  }
}
