package io.pgtopo.exporter.text;

import io.pgtopo.agent.history.Change;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.ChangesReport.ChangeEntry;
import java.time.temporal.ChronoUnit;

/** What happened, as people read it: when, what and where in a line, and below it the evidence. */
public final class ChangesText {
  private static final String MARGIN = "    ";
  private static final int NARROWEST = 20;

  private ChangesText() {}

  public static String render(ChangesReport report, Style style) {
    var text = new StringBuilder();
    for (var change : report.changes()) {
      text.append(heading(change, style)).append('\n');
      var width = Math.max(NARROWEST, style.width() - MARGIN.length());
      for (var line : Wrap.lines(change.text(), width)) {
        text.append(MARGIN).append(line).append('\n');
      }
    }
    return text.toString();
  }

  private static String heading(ChangeEntry change, Style style) {
    var isAlarm = change.kind().equals(Change.Kind.DRIFT_FIRED.label());
    return change.at().truncatedTo(ChronoUnit.SECONDS)
        + "  "
        + style.paint(
            isAlarm ? Style.Tone.WRONG : Style.Tone.PLAIN, change.kind().replace('_', ' '))
        + "  "
        + change.ins().or(change::cls).orElse("pgtopo");
  }
}
