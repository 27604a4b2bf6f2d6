package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Consequences;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.JudgedDrift;
import io.pgtopo.agent.drift.Standing;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.exporter.Style.Tone;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs, as people and {@code grep} read it: {@code -} declared, {@code +} live, {@code ?}
 * unverifiable, each followed by its proof. Empty if all is as declared.
 */
final class DiffText {
  private static final String INDENT = "    ";

  private final DriftText words;
  private final Style style;
  private final StringBuilder out = new StringBuilder();
  private String margin = "";

  private DiffText(DriftText words, Style style) {
    this.words = words;
    this.style = style;
  }

  /** All clusters of a snapshot. */
  static String render(Snapshot snapshot, Style style) {
    return render(snapshot, ClusterView.of(snapshot), style);
  }

  /** The clusters that are asked for. */
  static String render(Snapshot snapshot, List<ClusterView> views, Style style) {
    var words = new DriftText(AddressBook.of(snapshot.inventory()));
    return views.stream()
        .map(view -> new DiffText(words, style).cluster(view))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  /** What is ignored or suspended, with whose word that is. */
  static String quiet(Snapshot snapshot, List<ClusterView> views, Style style) {
    var words = new DriftText(AddressBook.of(snapshot.inventory()));
    return views.stream()
        .filter(view -> !view.quiet().isEmpty())
        .map(view -> new DiffText(words, style).quiet(view))
        .collect(Collectors.joining("\n"));
  }

  private String quiet(ClusterView view) {
    out.append(style.paint(Tone.HEADING, view.cluster().name())).append('\n');
    view.quiet().forEach(judged -> drift(judged, view));
    return out.toString();
  }

  private String cluster(ClusterView view) {
    var open =
        Stream.concat(view.drifts().stream(), view.unverifiable().stream())
            .map(view::judged)
            .sorted(Comparator.comparing(JudgedDrift::severity))
            .toList();
    if (!open.isEmpty()) {
      out.append(style.paint(Tone.HEADING, view.cluster().name())).append('\n');
      var keys = open.stream().map(JudgedDrift::key).collect(Collectors.toSet());
      open.stream()
          .filter(judged -> judged.cause().filter(keys::contains).isEmpty())
          .forEach(judged -> folded(judged, open, view));
    }
    return out.toString();
  }

  /** A drift, and indented below it what follows from it. */
  private void folded(JudgedDrift judged, List<JudgedDrift> open, ClusterView view) {
    drift(judged, view);
    margin += INDENT;
    open.stream()
        .filter(other -> other.cause().equals(Optional.of(judged.key())))
        .forEach(other -> folded(other, open, view));
    margin = margin.substring(INDENT.length());
  }

  private void drift(JudgedDrift judged, ClusterView view) {
    var drift = judged.drift();
    var kind = drift.kind();
    var severity = mark(judged) + judged.severity().label();
    var subject = Names.shown(drift.subject().toString());
    out.append('\n');
    switch (drift) {
      case Drift.Unverifiable unknown -> {
        heading(unknown.about().label(), severity);
        line(Tone.UNKNOWN, "? " + subject + ": " + words.declared(drift));
      }
      default -> {
        heading(kind.label(), severity);
        line(Tone.WRONG, "- " + subject + ": " + words.declared(drift));
        line(Tone.RIGHT, "+ " + subject + ": " + words.live(drift));
      }
    }
    words.proof(drift).forEach(this::proof);
    judged.tracked().remark().ifPresent(this::proof);
    Consequences.of(drift).forEach(broken -> proof("so " + broken));
    accepted(judged).ifPresent(this::proof);
    judged
        .cause()
        .filter(cause -> !view.judged().containsKey(cause) || !judged.counts())
        .ifPresent(cause -> proof("because of " + cause.kind().label() + " " + cause.subject()));
  }

  private static String mark(JudgedDrift judged) {
    return judged.counts() ? "" : DriftMetrics.standing(judged) + " ";
  }

  private static Optional<String> accepted(JudgedDrift judged) {
    return switch (judged.standing()) {
      case Standing.Counts counts -> Optional.empty();
      case Standing.Ignored(var rule) ->
          Optional.of(
              "ignored until %s by %s: %s".formatted(rule.until(), rule.owner(), rule.reason()));
      case Standing.Suspended(var entry) ->
          Optional.of(
              "maintenance of %s until %s by %s: %s"
                  .formatted(entry.subject(), entry.until(), entry.owner(), entry.reason()));
    };
  }

  private void heading(String kind, String severity) {
    out.append(margin)
        .append("  ")
        .append(style.paint(Tone.FAINT, severity + " " + kind))
        .append('\n');
  }

  private void line(Tone tone, String text) {
    out.append(margin).append(style.paint(tone, text)).append('\n');
  }

  private void proof(String proof) {
    Wrap.lines(proof, Style.WIDTH - INDENT.length() - margin.length())
        .forEach(line -> out.append(margin).append(INDENT).append(line).append('\n'));
  }
}
