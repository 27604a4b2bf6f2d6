package io.pgtopo.exporter.view;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * What to know and to do about each kind of drift: docs/drift.md, which is packed with the program.
 *
 * @param sections the text of each section by its heading, in their order
 */
public record Runbook(SequencedMap<String, String> sections) {
  /** Begins the paragraph that is shown beside a drift, and not in the section. */
  public static final String HINT_LABEL = "Hint";

  private static final Pattern HEADING = Pattern.compile("^## (\\w+)\\R", Pattern.MULTILINE);
  private static final Pattern HINT =
      Pattern.compile("\\*\\*" + HINT_LABEL + "\\.\\*\\*((?s).*?)(\\R\\R|\\Z)");

  public static Runbook packed() {
    return parse(PackedText.of("drift.md"));
  }

  public static Runbook parse(String document) {
    var sections = new LinkedHashMap<String, String>();
    var heading = HEADING.matcher(document);
    var name = "";
    var start = 0;
    while (heading.find()) {
      if (!name.isEmpty()) {
        sections.put(name, document.substring(start, heading.start()).strip());
      }
      name = heading.group(1);
      start = heading.end();
    }
    if (!name.isEmpty()) {
      sections.put(name, document.substring(start).strip());
    }
    return new Runbook(Collections.unmodifiableSequencedMap(sections));
  }

  /**
   * What to do about a drift, in a line; empty for a kind that this version does not know, and for
   * what cannot be evaluated unless a privilege would help.
   */
  public Optional<String> hint(DriftEntry drift) {
    if (drift.advice().isPresent()) {
      return drift.advice();
    }
    if (drift.isUnverifiable() && drift.evidence().stream().noneMatch(it -> it.contains("GRANT"))) {
      return Optional.empty();
    }
    return Optional.ofNullable(sections.get(drift.kind()))
        .map(HINT::matcher)
        .filter(hint -> hint.find())
        .map(hint -> hint.group(1).strip().replaceAll("\\s+", " "))
        .map(hint -> filled(hint, drift));
  }

  private static String filled(String hint, DriftEntry drift) {
    return hint.replace("{subject}", drift.subject())
        .replace("{declared}", drift.declared())
        .replace("{live}", drift.live());
  }

  /** Without the marks of the document, in one line. */
  public static String plain(String text) {
    return text.replace("`", "")
        .replaceAll("\\*([^*\\s][^*]*)\\*", "$1")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
