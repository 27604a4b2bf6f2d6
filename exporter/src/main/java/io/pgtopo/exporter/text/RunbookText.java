package io.pgtopo.exporter.text;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.Runbook;
import java.util.regex.Pattern;

/** A section of the runbook as a terminal shows it. */
public final class RunbookText {
  /** Longer lines are hard to read. */
  private static final int WIDEST = 100;

  private static final String INDENT = "  ";
  private static final Pattern BLANK = Pattern.compile("\\R\\s*\\R");
  private static final Pattern LABEL = Pattern.compile("^\\*\\*([^*]+)\\.\\*\\*\\s*((?s).*)");
  private static final Pattern ITEM = Pattern.compile("\\R?^- ", Pattern.MULTILINE);

  private final Style style;
  private final StringBuilder out = new StringBuilder();

  private RunbookText(Style style) {
    this.style = style;
  }

  /** Every kind with its severity and its meaning. */
  public static String list(Runbook runbook, Style style) {
    var columns = new TextTable();
    for (var kind : DriftKind.values()) {
      columns.row(kind.label(), kind.severity().label(), meaning(runbook, kind.label()));
    }
    return columns.wrapped("", style.width());
  }

  public static String section(String kind, String section, Style style) {
    var text = new RunbookText(style);
    text.out.append(style.paint(Tone.HEADING, kind)).append('\n');
    BLANK.splitAsStream(section).forEach(text::paragraph);
    return text.out.toString();
  }

  /** The sentence after the severity; empty for a kind without a section. */
  public static String meaning(Runbook runbook, String kind) {
    var section = runbook.sections().getOrDefault(kind, "");
    return Runbook.plain(BLANK.split(section, 2)[0].replaceFirst("^\\*\\w+\\*: ", ""));
  }

  private void paragraph(String paragraph) {
    var label = LABEL.matcher(paragraph);
    if (!label.find()) {
      items(paragraph);
      return;
    }
    if (label.group(1).equals(Runbook.HINT_LABEL)) {
      return;
    }
    out.append('\n').append(style.paint(Tone.HEADING, label.group(1))).append('\n');
    if (!label.group(2).isBlank()) {
      items(label.group(2));
    }
  }

  private void items(String text) {
    if (!text.startsWith("- ")) {
      wrapped(INDENT, text);
      return;
    }
    ITEM.splitAsStream(text)
        .filter(item -> !item.isBlank())
        .forEach(item -> wrapped(INDENT + "- ", item));
  }

  private void wrapped(String first, String text) {
    for (var line : Wrap.hanging(first, Runbook.plain(text), Math.min(style.width(), WIDEST))) {
      out.append(line).append('\n');
    }
  }
}
