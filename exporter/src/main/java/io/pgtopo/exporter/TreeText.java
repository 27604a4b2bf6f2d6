package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.exporter.Style.Tone;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The live topology as people read it: each cluster a tree, with what is wrong beside it. */
final class TreeText {
  private static final String INDENT = "  ";
  private static final String GAP = "  ";

  private final Style style;
  private final Names names;
  private final DriftText words;
  private final StringBuilder out = new StringBuilder();

  private TreeText(AddressBook book, Style style) {
    this.style = style;
    this.names = new Names(book);
    this.words = new DriftText(book);
  }

  /** All clusters of a snapshot. */
  static String render(Snapshot snapshot, Style style) {
    return render(snapshot, ClusterView.of(snapshot), style);
  }

  /** The clusters that are asked for. */
  static String render(Snapshot snapshot, List<ClusterView> views, Style style) {
    var book = AddressBook.of(snapshot.inventory());
    return views.stream()
        .map(view -> new TreeText(book, style).cluster(view, snapshot))
        .collect(Collectors.joining("\n"));
  }

  private String cluster(ClusterView view, Snapshot snapshot) {
    header(view);
    view.about(Optional.empty()).forEach(tracked -> note(tracked, INDENT));
    var forest = Forest.of(view, names);
    var rows = new TreeRows(view, snapshot, names, style).of(forest);
    var widths = TreeRows.widths(rows, style.width() - INDENT.length());
    rows.forEach(row -> row(row, widths, view));
    strangersNotDrawn(view, rows);
    return out.toString();
  }

  private void header(ClusterView view) {
    var systems =
        switch (view.systemIds().size()) {
          case 0 -> "system ?";
          case 1 -> "system " + view.systemIds().getFirst();
          default -> view.systemIds().size() + " systems";
        };
    out.append(style.paint(Tone.HEADING, view.cluster().name()))
        .append(GAP)
        .append(systems)
        .append(GAP)
        .append(view.reachable() + "/" + view.members().size() + " answered")
        .append(GAP)
        .append(verdict(view))
        .append('\n');
  }

  private String verdict(ClusterView view) {
    var unknown = view.unverifiable().size() + " unverifiable";
    if (!view.drifts().isEmpty()) {
      var drifts = Summary.count(view.drifts().size(), "drift");
      return style.paint(
          Tone.WRONG, view.unverifiable().isEmpty() ? drifts : drifts + ", " + unknown);
    }
    return view.unverifiable().isEmpty()
        ? style.paint(Tone.RIGHT, "as declared")
        : style.paint(Tone.UNKNOWN, unknown);
  }

  private void row(TreeRows.Row row, SortedMap<TreeRows.Column, Integer> widths, ClusterView view) {
    if (row.startsApart()) {
      out.append('\n').append(INDENT).append(style.paint(Tone.FAINT, "no link")).append('\n');
    }
    var line = new StringBuilder(INDENT);
    for (var column : widths.entrySet()) {
      var cell = row.cell(column.getKey());
      line.append(style.paint(cell.tone(), cell.text()));
      line.append(" ".repeat(column.getValue() - cell.text().length() + TreeRows.GAP));
    }
    out.append(line.toString().stripTrailing()).append('\n');
    if (row.hasNotes()) {
      view.about(Optional.of(names.of(row.peer()))).forEach(tracked -> note(tracked, row.hang()));
    }
  }

  /** What is open about a subject that no row stands for. */
  private void strangersNotDrawn(ClusterView view, List<TreeRows.Row> rows) {
    var drawn = rows.stream().map(row -> names.of(row.peer())).toList();
    for (var tracked : view.drifts()) {
      var instance = tracked.drift().subject().instance().map(Names::shown);
      if (instance.isPresent() && !drawn.contains(instance.get())) {
        note(tracked, INDENT);
      }
    }
  }

  private static String kindAndPart(Drift drift) {
    var part = drift.subject().part().map(it -> " " + it.name()).orElse("");
    return drift.kind().label() + part;
  }

  private void note(TrackedDrift tracked, String hang) {
    var drift = tracked.drift();
    var isUnknown = drift instanceof Drift.Unverifiable;
    var tone = isUnknown ? Tone.UNKNOWN : Tone.WRONG;
    var mark = isUnknown ? style.glyphs().unknown() : style.glyphs().wrong();
    var text =
        switch (drift) {
          case Drift.Unverifiable unknown -> unknown.about().label() + ": " + unknown.reason();
          case Drift.InstanceUnreachable silent ->
              drift.kind().label() + ": " + silent.failure().message();
          default ->
              "%s: declared %s, live %s"
                  .formatted(kindAndPart(drift), words.declared(drift), words.live(drift));
        };
    var start = hang + mark;
    for (var line : Wrap.lines(text, style.width() - start.length())) {
      out.append(start.substring(0, hang.length()))
          .append(style.paint(tone, start.substring(hang.length()) + line).stripTrailing())
          .append('\n');
      start = hang + " ".repeat(mark.length());
    }
  }
}
