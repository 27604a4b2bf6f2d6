package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.exporter.Style.Tone;
import java.util.List;
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

  private String cluster(ClusterView view) {
    var open = Stream.concat(view.drifts().stream(), view.unverifiable().stream()).toList();
    if (!open.isEmpty()) {
      out.append(style.paint(Tone.HEADING, view.cluster().name())).append('\n');
      open.forEach(this::drift);
    }
    return out.toString();
  }

  private void drift(TrackedDrift tracked) {
    var drift = tracked.drift();
    var kind = drift.kind();
    var subject = Names.shown(drift.subject().toString());
    out.append('\n');
    switch (drift) {
      case Drift.Unverifiable unknown -> {
        heading(unknown.about().label(), kind.severity().label());
        line(Tone.UNKNOWN, "? " + subject + ": " + words.declared(drift));
      }
      default -> {
        heading(kind.label(), kind.severity().label());
        line(Tone.WRONG, "- " + subject + ": " + words.declared(drift));
        line(Tone.RIGHT, "+ " + subject + ": " + words.live(drift));
      }
    }
    words.proof(drift).forEach(this::proof);
  }

  private void heading(String kind, String severity) {
    out.append("  ").append(style.paint(Tone.FAINT, severity + " " + kind)).append('\n');
  }

  private void line(Tone tone, String text) {
    out.append(style.paint(tone, text)).append('\n');
  }

  private void proof(String proof) {
    Wrap.lines(proof, Style.WIDTH - INDENT.length())
        .forEach(line -> out.append(INDENT).append(line).append('\n'));
  }
}
