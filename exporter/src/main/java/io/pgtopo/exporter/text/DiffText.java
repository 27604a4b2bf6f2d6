package io.pgtopo.exporter.text;

import io.pgtopo.agent.drift.Severity;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.ClusterReport;
import io.pgtopo.exporter.view.ClusterSummary;
import io.pgtopo.exporter.view.CommonFailure;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.Runbook;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs, as people and {@code grep} read it: {@code -} declared, {@code +} live, {@code ?}
 * unverifiable, each followed by its proof, by what it breaks and a hint, and, indented, by what
 * follows from it. Empty if all is as declared.
 */
public final class DiffText {
  private static final String INDENT = "    ";
  private static final String HINT = "hint: ";
  private static final String GAP = "  ";

  /** The labels of the severities, the worst first; a newer agent's unknown ones come last. */
  private static final List<String> SEVERITIES =
      Stream.of(Severity.values()).map(Severity::label).toList();

  private static final Comparator<DriftEntry> WORST_FIRST =
      Comparator.comparingInt(
          drift -> {
            var rank = SEVERITIES.indexOf(drift.severity());
            return rank < 0 ? SEVERITIES.size() : rank;
          });

  private final Runbook runbook;
  private final Style style;
  private final Instant now;
  private final StringBuilder out = new StringBuilder();
  private String margin = "";

  private DiffText(Runbook runbook, Style style, Instant now) {
    this.runbook = runbook;
    this.style = style;
    this.now = now;
  }

  /** What counts; first of all what keeps all servers of some clusters from being polled. */
  public static String render(SnapshotReport snapshot, Style style) {
    var failures = CommonFailure.of(snapshot);
    var open = new TreeMap<String, List<DriftEntry>>();
    snapshot
        .drift()
        .open()
        .forEach(
            (cluster, drifts) -> {
              var rest = CommonFailure.rest(failures, drifts).toList();
              if (!rest.isEmpty()) {
                open.put(cluster, rest);
              }
            });
    return CommonFailureText.render(failures, style)
        + each(open, verdicts(snapshot), style, snapshot.endedAt(), DiffText::open);
  }

  /** In a line each, by the names of the clusters. */
  private static Map<String, String> verdicts(SnapshotReport snapshot) {
    return snapshot.topology().clusters().stream()
        .map(ClusterReport::summary)
        .collect(Collectors.toMap(ClusterSummary::name, VerdictText::both, (one, other) -> one));
  }

  /** What is ignored or suspended, with the rule or maintenance. */
  public static String quiet(DriftReport report, Style style) {
    return each(report.quiet(), Map.of(), style, report.endedAt(), DiffText::quiet);
  }

  private static String each(
      SortedMap<String, List<DriftEntry>> drifts,
      Map<String, String> verdicts,
      Style style,
      Instant now,
      BiConsumer<DiffText, List<DriftEntry>> render) {
    var runbook = Runbook.packed();
    return drifts.entrySet().stream()
        .map(
            cluster -> {
              var text = new DiffText(runbook, style, now);
              text.name(cluster.getKey(), verdicts.getOrDefault(cluster.getKey(), ""));
              render.accept(text, cluster.getValue());
              return text.out.toString();
            })
        .collect(Collectors.joining("\n"));
  }

  private void name(String cluster, String verdict) {
    var first = cluster + (verdict.isEmpty() ? "" : GAP);
    var lines = Wrap.hanging(first, verdict, style.width());
    out.append(style.paint(Tone.HEADING, cluster))
        .append(lines.getFirst().substring(cluster.length()).stripTrailing())
        .append('\n');
    lines.stream().skip(1).forEach(line -> out.append(line).append('\n'));
  }

  /** What counts in all clusters, without what follows from an open cause. */
  static Stream<DriftEntry> worstFirst(DriftReport report) {
    var open = Stream.concat(report.drifts().stream(), report.unverifiable().stream()).toList();
    var keys = open.stream().map(DriftEntry::key).collect(Collectors.toSet());
    return open.stream()
        .sorted(WORST_FIRST)
        .filter(drift -> drift.cause().filter(keys::contains).isEmpty());
  }

  /** As annotations of a run, since a drift stands in no file. */
  public static String github(SortedMap<String, List<DriftEntry>> drifts) {
    return drifts.values().stream()
        .flatMap(List::stream)
        .map(DiffText::annotation)
        .collect(Collectors.joining());
  }

  private static String annotation(DriftEntry drift) {
    var title = drift.cls() + ": " + drift.topic() + " " + drift.subject();
    var sentences = Stream.concat(drift.evidence().stream(), further(drift));
    var evidence = sentences.collect(Collectors.joining("\n"));
    var message =
        drift.isUnverifiable()
            ? "could not be evaluated: " + evidence
            : "%s%n%s".formatted(drift.difference(), evidence);
    return GithubText.annotation(level(drift), List.of(Map.entry("title", title)), message);
  }

  private static GithubText.Level level(DriftEntry drift) {
    if (drift.accepted().isPresent()
        || drift.isFlapping()
        || drift.severity().equals(Severity.INFO.label())) {
      return GithubText.Level.NOTICE;
    }
    return drift.severity().equals(Severity.CRITICAL.label())
        ? GithubText.Level.ERROR
        : GithubText.Level.WARNING;
  }

  private void quiet(List<DriftEntry> drifts) {
    for (var drift : drifts) {
      drift(drift);
      because(drift);
    }
  }

  private void open(List<DriftEntry> drifts) {
    var open = drifts.stream().sorted(WORST_FIRST).toList();
    var keys = open.stream().map(DriftEntry::key).collect(Collectors.toSet());
    for (var drift : open) {
      if (drift.cause().filter(keys::contains).isEmpty()) {
        drift(drift);
        because(drift);
        followers(drift, open);
      }
    }
  }

  /** What follows from a drift, indented below it. */
  private void followers(DriftEntry cause, List<DriftEntry> open) {
    margin += INDENT;
    for (var drift : open) {
      if (drift.cause().equals(Optional.of(cause.key()))) {
        drift(drift);
        followers(drift, open);
      }
    }
    margin = margin.substring(INDENT.length());
  }

  private void drift(DriftEntry drift) {
    out.append('\n');
    var standing =
        drift.isFlapping()
            ? drift.state() + " "
            : drift.accepted().map(it -> it.standing() + " ").orElse("");
    var since = Since.text(drift, now);
    heading(
        standing + drift.severity() + " " + drift.topic() + (since.isEmpty() ? "" : ", " + since));
    if (drift.isUnverifiable()) {
      hanging(Tone.UNKNOWN, "? ", drift.subject() + ": " + drift.declared());
    } else {
      hanging(Tone.WRONG, "- ", drift.subject() + ": " + drift.declared());
      hanging(Tone.RIGHT, "+ ", drift.subject() + ": " + drift.live());
    }
    drift.evidence().forEach(line -> indented(INDENT, line));
    drift.remark().ifPresent(remark -> indented(INDENT, remark));
    further(drift).forEach(sentence -> indented(INDENT, sentence));
    if (drift.accepted().isEmpty() && !drift.isFlapping()) {
      runbook.hint(drift).ifPresent(hint -> indented(INDENT + HINT, hint));
    }
  }

  /** What it breaks, and by whose word it does not count. */
  private static Stream<String> further(DriftEntry drift) {
    return Stream.concat(
        drift.consequences().stream().map(broken -> "so " + broken),
        drift.accepted().stream().map(DriftEntry.Accepted::text));
  }

  /** The cause of what does not stand below it. */
  private void because(DriftEntry drift) {
    drift
        .cause()
        .ifPresent(cause -> indented(INDENT, "because of " + cause.kind() + " " + cause.subject()));
  }

  private void heading(String text) {
    out.append(margin).append("  ").append(style.paint(Tone.FAINT, text)).append('\n');
  }

  private void indented(String first, String text) {
    hanging(Tone.PLAIN, first, text);
  }

  private void hanging(Tone tone, String first, String text) {
    for (var line : Wrap.hanging(first, text, style.width() - margin.length())) {
      out.append(margin).append(style.paint(tone, line)).append('\n');
    }
  }
}
