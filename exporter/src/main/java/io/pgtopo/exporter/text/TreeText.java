package io.pgtopo.exporter.text;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.ClusterReport;
import io.pgtopo.exporter.view.ClusterSummary;
import io.pgtopo.exporter.view.CommonFailure;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.Plural;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The live topology as people read it: each cluster a tree, with its drifts beside it. */
public final class TreeText {
  private static final String INDENT = "  ";
  private static final String GAP = "  ";

  private final Style style;
  private final Instant now;

  /** They stand above all clusters. */
  private final List<CommonFailure> failures;

  private final StringBuilder out = new StringBuilder();

  private TreeText(Style style, Instant now, List<CommonFailure> failures) {
    this.style = style;
    this.now = now;
    this.failures = failures;
  }

  public static String render(SnapshotReport snapshot, Style style) {
    var open = snapshot.drift().shown();
    var failures = CommonFailure.of(snapshot);
    var clusters =
        snapshot.topology().clusters().stream()
            .map(
                cluster ->
                    new TreeText(style, snapshot.endedAt(), failures)
                        .cluster(
                            cluster,
                            TreeRows.of(cluster, snapshot.topology().clusters(), style),
                            open.getOrDefault(cluster.summary().name(), List.of())))
            .collect(Collectors.joining("\n"));
    return CommonFailureText.render(failures, style) + clusters;
  }

  private String cluster(ClusterReport cluster, List<TreeRow> rows, List<DriftEntry> open) {
    header(cluster.summary(), open);
    about(Optional.empty(), open).forEach(drift -> note(drift, INDENT));
    var widths = TreeRow.widths(rows, style.width() - INDENT.length());
    for (var row : rows) {
      row(row, widths);
      if (!widths.containsKey(TreeRow.Column.SERVICES)) {
        services(row);
      }
      if (row.showsDrifts()) {
        LogicalText.lines(row.name(), cluster.logicalLinks()).forEach(line -> hanging(line, row));
        about(Optional.of(row.name()), open).forEach(drift -> note(drift, row.hang()));
      }
    }
    var drawn = rows.stream().map(TreeRow::name).toList();
    open.stream()
        .filter(drift -> !drift.isUnverifiable())
        .filter(drift -> drift.ins().filter(it -> !drawn.contains(it)).isPresent())
        .forEach(drift -> note(drift, INDENT));
    return out.toString();
  }

  private static List<DriftEntry> about(Optional<String> instance, List<DriftEntry> open) {
    return open.stream().filter(drift -> drift.ins().equals(instance)).toList();
  }

  private void header(ClusterSummary cluster, List<DriftEntry> open) {
    var systems =
        switch (cluster.systemIdentifiers().size()) {
          case 0 -> "system ?";
          case 1 -> "system " + cluster.systemIdentifiers().getFirst();
          default -> cluster.systemIdentifiers().size() + " systems";
        };
    out.append(style.paint(Tone.HEADING, cluster.name()))
        .append(GAP)
        .append(style.paint(Tone.PLAIN, systems))
        .append(GAP)
        .append(cluster.reachable() + "/" + cluster.declared() + " reachable")
        .append(GAP)
        .append(sync(open))
        .append('\n');
    health(cluster);
  }

  /** Nothing for a healthy cluster, or for an agent that does not report it. */
  private void health(ClusterSummary cluster) {
    if (cluster.health().isEmpty() || cluster.health().equals(Verdict.Health.HEALTHY.label())) {
      return;
    }
    var text = VerdictText.health(cluster);
    var isUnknown = cluster.health().equals(Verdict.Health.UNKNOWN.label());
    for (var line : Wrap.lines(text, style.width() - INDENT.length())) {
      out.append(INDENT)
          .append(style.paint(isUnknown ? Tone.UNKNOWN : Tone.WRONG, line))
          .append('\n');
    }
  }

  private String sync(List<DriftEntry> shown) {
    var suspended = shown.stream().filter(it -> it.accepted().isPresent()).count();
    var flapping = shown.stream().filter(DriftEntry::isFlapping).count();
    var open = shown.stream().filter(it -> it.accepted().isEmpty() && !it.isFlapping()).toList();
    return (open.isEmpty() && suspended > 0
            ? style.paint(Tone.WRONG, "drifted")
            : differences(open))
        + (suspended == 0 ? "" : ", " + style.paint(Tone.UNKNOWN, suspended + " suspended"))
        + (flapping == 0 ? "" : ", " + style.paint(Tone.UNKNOWN, flapping + " flapping"));
  }

  private String differences(List<DriftEntry> open) {
    var unverifiable = (int) open.stream().filter(DriftEntry::isUnverifiable).count();
    var unknown = unverifiable + " unverifiable";
    if (open.size() > unverifiable) {
      var drifts = Plural.of(open.size() - unverifiable, "drift");
      return style.paint(Tone.WRONG, unverifiable == 0 ? drifts : drifts + ", " + unknown);
    }
    return open.isEmpty() ? style.paint(Tone.RIGHT, "in sync") : style.paint(Tone.UNKNOWN, unknown);
  }

  private void row(TreeRow row, SortedMap<TreeRow.Column, Integer> widths) {
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
  }

  /** In a narrow terminal below the server, since no other line says where clients get. */
  private void services(TreeRow row) {
    Optional.of(row.cell(TreeRow.Column.SERVICES))
        .filter(cell -> !cell.text().isEmpty())
        .ifPresent(cell -> hanging(cell, row));
  }

  private void hanging(TreeRow.Cell line, TreeRow row) {
    for (var part : Wrap.hanging("", line.text(), style.width() - row.hang().length())) {
      out.append(row.hang()).append(style.paint(line.tone(), part)).append('\n');
    }
  }

  private void note(DriftEntry drift, String hang) {
    if (failures.stream().anyMatch(it -> it.explains(drift))) {
      return;
    }
    var isWrong = !drift.isUnverifiable() && !drift.isFlapping();
    var tone = isWrong ? Tone.WRONG : Tone.UNKNOWN;
    var mark = isWrong ? style.glyphs().wrong() : style.glyphs().unknown();
    // The kind says already that it is about a slot, or a database.
    var part = drift.part().map(it -> it.substring(it.indexOf(' '))).orElse("");
    var remark = drift.remark().map(it -> drift.isFlapping() ? it : "; " + it).orElse("");
    var since = Since.text(drift, now);
    var standing = drift.accepted().map(it -> it.standing() + " ").orElse("");
    var note =
        standing
            + drift.topic()
            + part
            + ": "
            + text(drift)
            + (since.isEmpty() ? "" : "; " + since)
            + remark;
    for (var line : Wrap.hanging(mark, note, style.width() - hang.length())) {
      out.append(hang).append(style.paint(tone, line).stripTrailing()).append('\n');
    }
  }

  private static String text(DriftEntry drift) {
    if (drift.isFlapping()) {
      return "";
    }
    var evidence = drift.evidence().isEmpty() ? "" : drift.evidence().getFirst();
    if (drift.isUnverifiable()) {
      return evidence;
    }
    if (drift.kind().equals(DriftKind.ROLE_SWAPPED.label())) {
      return drift.live();
    }
    return drift.kind().equals(DriftKind.INSTANCE_UNREACHABLE.label())
        // The address stands in the row.
        ? evidence.replaceFirst("^\\S+:\\d+: ", "")
        : drift.difference();
  }
}
