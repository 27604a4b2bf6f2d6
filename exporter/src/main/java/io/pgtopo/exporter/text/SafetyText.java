package io.pgtopo.exporter.text;

import io.pgtopo.agent.failover.Safety;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.SafetyReport.CandidateSafety;
import io.pgtopo.exporter.view.SafetyReport.ClusterSafety;
import io.pgtopo.exporter.view.SafetyReport.NodeSafety;
import io.pgtopo.exporter.view.SafetyReport.SafetyConcern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether primaries can be replaced, as text: the answer, the candidates, and what decides. */
public final class SafetyText {
  private final Style style;

  private SafetyText(Style style) {
    this.style = style;
  }

  public static String render(SafetyReport report, Style style) {
    var text = new SafetyText(style);
    return report.clusters().stream()
        .map(text::cluster)
        .map(lines -> String.join("\n", lines) + "\n")
        .collect(Collectors.joining("\n"));
  }

  private List<String> cluster(ClusterSafety cluster) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s  failover %s, switchover %s%s"
            .formatted(
                style.paint(Style.Tone.HEADING, cluster.cls()),
                answer(cluster.failover()),
                answer(cluster.switchover()),
                style.paint(Style.Tone.PLAIN, hint(cluster))));
    cluster.concerns().forEach(concern -> lines.addAll(concern("  ", concern)));
    cluster.loss().ifPresent(loss -> lines.addAll(loss(loss)));
    cluster
        .candidates()
        .forEach(
            candidate ->
                lines.addAll(
                    candidate(candidate, candidate.equals(cluster.candidates().getFirst()))));
    lines.addAll(nodes(cluster.nodes()));
    return lines;
  }

  private static String hint(ClusterSafety cluster) {
    return cluster.mostAdvancedIsSafe()
        ? "; candidate: the one with the most WAL then"
        : cluster.best().map("; best candidate: "::concat).orElse("; no candidate");
  }

  /** What is only to be noted is shown of the best one. */
  private List<String> candidate(CandidateSafety candidate, boolean isBest) {
    var lines = new ArrayList<String>();
    lines.add(
        "  %s  failover %s, switchover %s; %s"
            .formatted(
                style.paint(Style.Tone.HEADING, candidate.ins()),
                answer(candidate.failover()),
                answer(candidate.switchover()),
                positions(candidate)));
    candidate.concerns().stream()
        .filter(concern -> isBest || worst(concern) != Safety.YES)
        .forEach(concern -> lines.addAll(concern("    ", concern)));
    return lines;
  }

  private static String positions(CandidateSafety candidate) {
    return "%s, %s"
        .formatted(
            lost(candidate)
                .map("lacks %s of WAL"::formatted)
                .orElse("how much WAL it lacks is unknown"),
            candidate
                .toReplayBytes()
                .map(ByteCount::text)
                .map("has %s to replay"::formatted)
                .map(text -> text + time(candidate))
                .orElse("what it must replay is unknown"));
  }

  /** How long the replay takes; nothing where there is none. */
  private static String time(CandidateSafety candidate) {
    if (candidate.toReplayBytes().equals(Optional.of(0L))) {
      return "";
    }
    var most = candidate.replaySecondsMost();
    return candidate
        .replaySecondsLeast()
        .flatMap(
            least ->
                most.map(
                    it ->
                        least.equals(it)
                            ? " (%.1f s)".formatted(it)
                            : " (%.1f to %.1f s)".formatted(least, it)))
        .orElse(" (no rate measured)");
  }

  private static Optional<String> lost(CandidateSafety candidate) {
    return candidate
        .lostBytesMost()
        .map(
            most -> {
              var least = candidate.lostBytesLeast().orElse(0L);
              return least.equals(most)
                  ? ByteCount.text(most)
                  : ByteCount.text(least) + " to " + ByteCount.text(most);
            });
  }

  private List<String> concern(String indent, SafetyConcern concern) {
    var mark =
        switch (worst(concern)) {
          case NO -> style.paint(Style.Tone.WRONG, style.glyphs().wrong());
          case UNKNOWN -> style.paint(Style.Tone.UNKNOWN, style.glyphs().unknown());
          case YES -> "- ";
        };
    var only =
        worst(concern) != Safety.YES && safety(concern.switchover()) == Safety.YES
            ? " (failover)"
            : "";
    return lines(indent, mark, concern.text() + only);
  }

  private static Safety worst(SafetyConcern concern) {
    return Safety.worst(List.of(safety(concern.failover()), safety(concern.switchover())));
  }

  private List<String> lines(String indent, String mark, String text) {
    var lines = new ArrayList<String>();
    for (var line : Wrap.lines(text, Math.max(40, style.width() - indent.length() - 2))) {
      lines.add(indent + (lines.isEmpty() ? mark : "  ") + line);
    }
    return lines;
  }

  private List<String> loss(NodeSafety loss) {
    var lines = new ArrayList<String>();
    lines.add(
        "  without %s (%s): %s"
            .formatted(
                style.paint(Style.Tone.HEADING, loss.node()),
                String.join(", ", loss.instances()),
                answer(loss.safe())));
    loss.effects().forEach(effect -> lines.addAll(lines("    ", "- ", effect)));
    return lines;
  }

  /** Those that the cluster does not bear; in one line what costs the same. */
  private List<String> nodes(List<NodeSafety> nodes) {
    var lines = new ArrayList<String>();
    nodes.stream()
        .filter(node -> safety(node.safe()) != Safety.YES)
        .collect(
            Collectors.groupingBy(NodeSafety::effects, LinkedHashMap::new, Collectors.toList()))
        .forEach((effects, alike) -> lines.addAll(nodes(effects, alike)));
    return lines;
  }

  private List<String> nodes(List<String> effects, List<NodeSafety> alike) {
    var isWrong = safety(alike.getFirst().safe()) == Safety.NO;
    return lines(
        "  ",
        style.paint(
            isWrong ? Style.Tone.WRONG : Style.Tone.UNKNOWN,
            isWrong ? style.glyphs().wrong() : style.glyphs().unknown()),
        "without %s: %s"
            .formatted(
                alike.stream()
                    .map(
                        node ->
                            "%s%s (%s)"
                                .formatted(
                                    node.node().startsWith("zone ") ? "" : "node ",
                                    node.node(),
                                    String.join(", ", node.instances())))
                    .collect(Collectors.joining(" or ")),
                String.join("; ", effects)));
  }

  private String answer(String label) {
    var tone =
        switch (safety(label)) {
          case YES -> Style.Tone.RIGHT;
          case NO -> Style.Tone.WRONG;
          case UNKNOWN -> Style.Tone.UNKNOWN;
        };
    return style.paint(tone, label);
  }

  private static Safety safety(String label) {
    return Labelled.parse(label, Safety.values(), Safety.UNKNOWN);
  }
}
