package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.Style.Tone;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What differs, as people and {@code grep} read it: {@code -} declared, {@code +} live, {@code ?}
 * unverifiable, each followed by its proof and a hint. Empty if all is as declared.
 */
final class DiffText {
  private static final String INDENT = "    ";
  private static final String HINT = "hint: ";

  private final Runbook runbook;
  private final Style style;
  private final StringBuilder out = new StringBuilder();

  private DiffText(Runbook runbook, Style style) {
    this.runbook = runbook;
    this.style = style;
  }

  /** All clusters of a snapshot. */
  static String render(Snapshot snapshot, Style style) {
    return render(Findings.of(snapshot, ClusterView.of(snapshot)), style);
  }

  static String render(Findings findings, Style style) {
    var runbook = Runbook.packed();
    return findings.clusters().stream()
        .filter(cluster -> !cluster.open().isEmpty())
        .map(cluster -> new DiffText(runbook, style).cluster(cluster))
        .collect(Collectors.joining("\n"));
  }

  /** As annotations of a run, since a drift stands in no file. */
  static String github(Findings findings) {
    return findings.open().map(DiffText::annotation).collect(Collectors.joining());
  }

  private static String annotation(Finding finding) {
    var level =
        finding.severity().equals("critical") ? GithubText.Level.ERROR : GithubText.Level.WARNING;
    var title = finding.where().cluster() + ": " + finding.topic() + " " + finding.subject();
    var proof = String.join("\n", finding.proof());
    var message =
        finding.isUnverifiable()
            ? "cannot be told: " + proof
            : "declared %s, live %s%n%s".formatted(finding.declared(), finding.live(), proof);
    return GithubText.annotation(level, List.of(Map.entry("title", title)), message);
  }

  private String cluster(Findings.OfCluster cluster) {
    out.append(style.paint(Tone.HEADING, cluster.cluster())).append('\n');
    cluster.open().forEach(this::finding);
    return out.toString();
  }

  private void finding(Finding finding) {
    out.append('\n');
    heading(finding.topic(), finding.severity());
    if (finding.isUnverifiable()) {
      line(Tone.UNKNOWN, "? " + finding.subject() + ": " + finding.declared());
    } else {
      line(Tone.WRONG, "- " + finding.subject() + ": " + finding.declared());
      line(Tone.RIGHT, "+ " + finding.subject() + ": " + finding.live());
    }
    finding.proof().forEach(proof -> indented(INDENT, proof));
    runbook.hint(finding).ifPresent(hint -> indented(INDENT + HINT, hint));
  }

  private void heading(String kind, String severity) {
    out.append("  ").append(style.paint(Tone.FAINT, severity + " " + kind)).append('\n');
  }

  private void line(Tone tone, String text) {
    out.append(style.paint(tone, text)).append('\n');
  }

  private void indented(String first, String text) {
    var start = first;
    for (var line : Wrap.lines(text, style.width() - first.length())) {
      out.append(start).append(line).append('\n');
      start = " ".repeat(first.length());
    }
  }
}
