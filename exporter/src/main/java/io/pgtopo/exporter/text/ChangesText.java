package io.pgtopo.exporter.text;

import io.pgtopo.agent.history.Change;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.ChangesReport.ChangeEntry;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What happened, as people read it: when, what and where in a line, and below it the evidence,
 * which is not repeated where the same drift goes on.
 */
public final class ChangesText {
  private static final String MARGIN = "    ";
  private static final int NARROWEST = 20;

  private ChangesText() {}

  public static String render(ChangesReport report, Style style) {
    var text = new StringBuilder();
    var printed = new HashMap<List<Object>, Set<String>>();
    for (var change : report.changes()) {
      text.append(heading(change, style)).append('\n');
      var known = printed.computeIfAbsent(subject(change), it -> new HashSet<>());
      var width = Math.max(NARROWEST, style.width() - MARGIN.length());
      for (var line : Wrap.lines(unlessKnown(change, known), width)) {
        text.append(MARGIN).append(line).append('\n');
      }
    }
    return text.toString();
  }

  private static List<Object> subject(ChangeEntry change) {
    return List.of(change.cls(), change.ins(), change.part(), change.drift());
  }

  /** A sentence that differs in nothing but WAL positions is known. */
  private static String unlessKnown(ChangeEntry change, Set<String> known) {
    if (!change.kind().equals(Change.Kind.DRIFT_FIRED.label())) {
      known.clear();
    }
    var unknown =
        Stream.of(change.text().split("; "))
            .filter(it -> known.add(it.replaceAll("\\b[0-9A-F]+/[0-9A-F]+\\b", "LSN")))
            .collect(Collectors.joining("; "));
    return unknown.isEmpty() ? change.drift().orElse("") + " as above" : unknown;
  }

  private static String heading(ChangeEntry change, Style style) {
    var isAlarm = change.kind().equals(Change.Kind.DRIFT_FIRED.label());
    return change.at().truncatedTo(ChronoUnit.SECONDS)
        + "  "
        + style.paint(
            isAlarm ? Style.Tone.WRONG : Style.Tone.PLAIN, change.kind().replace('_', ' '))
        + "  "
        + style.paint(Style.Tone.PLAIN, change.ins().or(change::cls).orElse("pgtopo"));
  }
}
