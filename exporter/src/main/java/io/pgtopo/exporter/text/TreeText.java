package io.pgtopo.exporter.text;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.DriftView;
import io.pgtopo.exporter.view.Summary;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The live topology as people read it: each cluster a tree, with what is wrong beside it. */
public final class TreeText {
  private static final String INDENT = "  ";
  private static final String GAP = "  ";

  private final Style style;
  private final StringBuilder out = new StringBuilder();

  private TreeText(Style style) {
    this.style = style;
  }

  /** All clusters of a snapshot. */
  public static String render(Snapshot snapshot, Style style) {
    return render(snapshot, ClusterView.of(snapshot), style);
  }

  /** The clusters that are asked for. */
  public static String render(Snapshot snapshot, List<ClusterView> views, Style style) {
    return render(TreeDrawing.of(snapshot, views, style), style);
  }

  public static String render(List<TreeDrawing> drawings, Style style) {
    return drawings.stream()
        .map(drawing -> new TreeText(style).cluster(drawing))
        .collect(Collectors.joining("\n"));
  }

  private String cluster(TreeDrawing drawing) {
    header(drawing);
    var open = drawing.cluster().open();
    about(Optional.empty(), open).forEach(drift -> note(drift, INDENT));
    var widths = TreeRow.widths(drawing.rows(), style.width() - INDENT.length());
    drawing.rows().forEach(row -> row(row, widths, open));
    var drawn = drawing.rows().stream().map(TreeRow::name).toList();
    open.stream()
        .filter(drift -> !drift.isUnverifiable())
        .filter(drift -> drift.where().instance().filter(it -> !drawn.contains(it)).isPresent())
        .forEach(drift -> note(drift, INDENT));
    return out.toString();
  }

  private static List<DriftView> about(Optional<String> instance, List<DriftView> open) {
    return open.stream().filter(drift -> drift.where().instance().equals(instance)).toList();
  }

  private void header(TreeDrawing drawing) {
    var systems =
        switch (drawing.systems().size()) {
          case 0 -> "system ?";
          case 1 -> "system " + drawing.systems().getFirst();
          default -> drawing.systems().size() + " systems";
        };
    var cluster = drawing.cluster();
    out.append(style.paint(Tone.HEADING, cluster.cluster()))
        .append(GAP)
        .append(systems)
        .append(GAP)
        .append(cluster.reachable() + "/" + cluster.instances() + " answered")
        .append(GAP)
        .append(verdict(cluster.open()))
        .append('\n');
    health(cluster.health());
  }

  /** Nothing of a cluster that is well. */
  private void health(DriftReport.Health health) {
    if (health.label().equals(Verdict.Health.HEALTHY.label())) {
      return;
    }
    var codes = String.join(", ", health.causes());
    var text = health.label() + (codes.isEmpty() ? "" : ": " + codes);
    var isUnknown = health.label().equals(Verdict.Health.UNKNOWN.label());
    for (var line : Wrap.lines(text, style.width() - INDENT.length())) {
      out.append(INDENT)
          .append(style.paint(isUnknown ? Tone.UNKNOWN : Tone.WRONG, line))
          .append('\n');
    }
  }

  private String verdict(List<DriftView> open) {
    var unverifiable = (int) open.stream().filter(DriftView::isUnverifiable).count();
    var unknown = unverifiable + " unverifiable";
    if (open.size() > unverifiable) {
      var drifts = Summary.count(open.size() - unverifiable, "drift");
      return style.paint(Tone.WRONG, unverifiable == 0 ? drifts : drifts + ", " + unknown);
    }
    return open.isEmpty()
        ? style.paint(Tone.RIGHT, "as declared")
        : style.paint(Tone.UNKNOWN, unknown);
  }

  private void row(TreeRow row, SortedMap<TreeRow.Column, Integer> widths, List<DriftView> open) {
    if (row.startsApart()) {
      out.append('\n').append(INDENT).append(style.paint(Tone.FAINT, "no link")).append('\n');
    }
    var line = new StringBuilder(INDENT);
    for (var column : widths.entrySet()) {
      var cell = row.cell(column.getKey());
      line.append(style.paint(cell.tone(), cell.text()));
      line.append(" ".repeat(column.getValue() - cell.text().length() + TreeRow.GAP));
    }
    out.append(line.toString().stripTrailing()).append('\n');
    if (row.told().isPresent()) {
      about(row.told(), open).forEach(drift -> note(drift, row.hang()));
    }
  }

  private void note(DriftView drift, String hang) {
    var tone = drift.isUnverifiable() ? Tone.UNKNOWN : Tone.WRONG;
    var mark = drift.isUnverifiable() ? style.glyphs().unknown() : style.glyphs().wrong();
    // The kind says already that it is about a slot, or a database.
    var part = drift.where().part().map(it -> it.substring(it.indexOf(' '))).orElse("");
    var remark = drift.words().remark().map(it -> "; " + it).orElse("");
    var start = hang + mark;
    for (var line :
        Wrap.lines(
            drift.topic() + part + ": " + text(drift) + remark, style.width() - start.length())) {
      out.append(start.substring(0, hang.length()))
          .append(style.paint(tone, start.substring(hang.length()) + line).stripTrailing())
          .append('\n');
      start = hang + " ".repeat(mark.length());
    }
  }

  private static String text(DriftView drift) {
    var proof = drift.proof().isEmpty() ? "" : drift.proof().getFirst();
    if (drift.isUnverifiable()) {
      return proof;
    }
    if (drift.kind().equals(DriftKind.ROLE_SWAPPED.label())) {
      return drift.live();
    }
    return drift.kind().equals(DriftKind.INSTANCE_UNREACHABLE.label())
        // The address stands in the row.
        ? proof.substring(Math.max(0, proof.indexOf(": ") + 2))
        : drift.difference();
  }
}
