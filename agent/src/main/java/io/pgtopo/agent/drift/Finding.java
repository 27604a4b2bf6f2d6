package io.pgtopo.agent.drift;

import java.util.List;

/**
 * A drift that its own words tell whole: what is expected, what is there, and what proves it.
 *
 * @param declared what is declared or expected, in a few words
 * @param live what is there instead, in a few words
 * @param proof the facts, one a line, each with who says so
 */
public record Finding(
    DriftKind kind, Subject subject, String declared, String live, List<String> proof)
    implements Drift {

  public Finding {
    proof = List.copyOf(proof);
  }
}
