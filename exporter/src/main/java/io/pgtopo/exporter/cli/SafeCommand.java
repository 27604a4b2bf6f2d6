package io.pgtopo.exporter.cli;

import io.pgtopo.agent.failover.Safety;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.exporter.text.SafetyText;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.SafetyReport.ClusterSafety;
import io.pgtopo.exporter.view.SafetyReport.NodeSafety;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo safe}. */
@Command(
    name = "safe",
    description =
        "Poll once, and print whether the primary could be replaced now, by which member, what"
            + " would be lost, and which nodes a cluster cannot do without. Changes nothing.",
    exitCodeList = {
      "0:a failover is safe",
      "1:it is not",
      "2:that is unknown, no server answered, or bad input"
    })
final class SafeCommand extends CycleCommand {
  @Option(
      names = "--promote",
      paramLabel = "MEMBER",
      description = "Only with this member as the new primary.")
  private Optional<String> promote = Optional.empty();

  @Option(
      names = "--lose",
      paramLabel = "NODE|ZONE|INSTANCE",
      description =
          "What if this node, zone (pg_zone) or instance is lost; the exit status says whether its"
              + " clusters bear it.")
  private Optional<String> lose = Optional.empty();

  @Option(
      names = "--switchover",
      description = "Exit by whether a switchover is safe: the primary is shut down cleanly first.")
  private boolean isPlanned;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    var question = new SafetyQuestion(promote, lose);
    try (var cycles = open()) {
      var report = cycles.safety(question, this::usageError);
      print(output.of(style -> SafetyText.render(report, style), () -> report));
      return status(report);
    }
  }

  private int status(SafetyReport report) {
    var answers = report.clusters().stream().map(this::answer).toList();
    return switch (answers.isEmpty() ? Safety.UNKNOWN : Safety.worst(answers)) {
      case YES -> 0;
      case NO -> 1;
      case UNKNOWN -> FAILED;
    };
  }

  /** A label of a newer agent is not known to be safe. */
  private Safety answer(ClusterSafety cluster) {
    var label =
        cluster
            .loss()
            .map(NodeSafety::safe)
            .orElse(isPlanned ? cluster.switchover() : cluster.failover());
    return Labelled.parse(label, Safety.values(), Safety.UNKNOWN);
  }
}
