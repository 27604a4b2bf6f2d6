package io.pgtopo.config.model;

import java.util.List;

/** The kinds and severities of drift that a policy may name; the worst severity first. */
public record DriftVocabulary(List<String> kinds, List<String> severities) {
  public static final DriftVocabulary EMPTY = new DriftVocabulary(List.of(), List.of());

  public DriftVocabulary {
    kinds = List.copyOf(kinds);
    severities = List.copyOf(severities);
  }
}
