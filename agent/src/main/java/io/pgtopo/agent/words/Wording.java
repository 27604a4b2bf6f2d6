package io.pgtopo.agent.words;

import java.util.List;

/**
 * A drift in English.
 *
 * @param declared what is declared or expected, in a few words
 * @param live what is there instead, in a few words
 * @param evidence the facts, one a line, each with the server that reported it
 * @param consequences what it breaks, one a line; empty where none is known
 */
record Wording(String declared, String live, List<String> evidence, List<String> consequences) {

  Wording(String declared, String live, List<String> evidence) {
    this(declared, live, evidence, List.of());
  }
}
