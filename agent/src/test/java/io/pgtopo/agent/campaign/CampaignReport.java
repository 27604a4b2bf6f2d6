package io.pgtopo.agent.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** What one seed did, and what each finding of it saw, as text for whoever repairs it. */
final class CampaignReport {
  private final Campaign.Outcome outcome;
  private final List<Arena> arenas;

  CampaignReport(Campaign.Outcome outcome, List<Arena> arenas) {
    this.outcome = outcome;
    this.arenas = List.copyOf(arenas);
  }

  void write(Path file) {
    var text = new StringBuilder();
    text.append(
        "seed %d, %d incidents, %d s%n"
            .formatted(outcome.seed(), outcome.incidents(), outcome.length().toSeconds()));
    outcome.clusters().forEach(it -> text.append(it).append('\n'));
    outcome.findings().forEach(it -> text.append(it).append('\n'));
    outcome.steps().forEach(it -> text.append(it).append('\n'));
    arenas.forEach(arena -> statements(arena, text));
    for (var finding : outcome.findings()) {
      text.append("\n==== ").append(finding).append('\n');
      arenas.stream()
          .filter(it -> it.name().equals(finding.cluster()))
          .forEach(it -> detail(it, finding, text));
    }
    try {
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Each sentence that was told, once, with the step after which it came. */
  private static void statements(Arena arena, StringBuilder text) {
    var seen = new TreeSet<String>();
    for (var cycle : arena.chronicle.shown()) {
      for (var sentence : cycle.told().values()) {
        if (seen.add(sentence.replaceAll("[0-9A-F]+/[0-9A-F]+|\\d+", "N"))) {
          var step = arena.chronicle.before(cycle.to());
          text.append("said, step ")
              .append(step.map(Chronicle.Step::number).orElse(0))
              .append(": ")
              .append(sentence)
              .append('\n');
        }
      }
    }
  }

  /** What was true, shown and observed around a finding. */
  private static void detail(Arena arena, Tally.Finding finding, StringBuilder text) {
    arena.chronicle.moments().stream()
        .filter(it -> !it.at().isAfter(finding.at()))
        .reduce((a, b) -> b)
        .ifPresent(it -> text.append("true: ").append(it.truth()).append('\n'));
    var shown =
        arena.chronicle.shown().stream().filter(it -> !it.to().isAfter(finding.at())).toList();
    shown.stream()
        .skip(Math.max(0, shown.size() - 3))
        .forEach(
            it -> {
              text.append("cycle ").append(it.from()).append(" to ").append(it.to()).append('\n');
              it.told()
                  .forEach(
                      (fact, sentence) -> text.append("  told    ").append(sentence).append('\n'));
              it.pending()
                  .forEach(
                      (fact, sentence) -> text.append("  pending ").append(sentence).append('\n'));
              it.unknown()
                  .forEach(
                      (fact, sentence) -> {
                        if (!sentence.equals("not evaluated")) {
                          text.append("  unknown ").append(sentence).append('\n');
                        }
                      });
            });
    if (!shown.isEmpty()) {
      shown
          .getLast()
          .observations()
          .forEach(it -> text.append("  ").append(brief(it.toString())).append('\n'));
    }
  }

  /** Without the catalog, which no incident changes. */
  private static String brief(String observation) {
    return observation.replaceAll("databases=Seen.*", "...");
  }
}
