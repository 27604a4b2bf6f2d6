package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgtopo diff}. */
@Command(
    name = "diff",
    description = "Look once, and print how what is there differs from what is declared.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all is as declared",
      "1:something differs",
      "2:no server answered, agreement cannot be told, or bad input"
    })
final class DiffCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = {"-v", "--ignored"},
      description = "Print also what is ignored or suspended.")
  private boolean isQuietShown;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  DiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    input.logging(Logging.QUIET).apply();
    var config = input.load(surroundings);
    output.check(config.inventory());
    var snapshot = OneLook.look(config, surroundings);
    var views = output.views(snapshot);
    var text =
        switch (output.format()) {
          case TEXT -> text(snapshot, views);
          case JSON -> DriftJson.render(snapshot, views).text();
        };
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
    OneLook.complain(config, views, command.commandLine().getErr());
    var summary = Summary.of(views);
    command.commandLine().getErr().println(summary);
    return switch (summary.verdict()) {
      case AGREEMENT -> 0;
      case DRIFT -> 1;
      case UNKNOWN -> OneLook.TROUBLE;
    };
  }

  private String text(Snapshot snapshot, List<ClusterView> views) {
    var style = output.style(surroundings);
    var open = DiffText.render(snapshot, views, style);
    var quiet = isQuietShown ? DiffText.quiet(snapshot, views, style) : "";
    return open.isEmpty() || quiet.isEmpty() ? open + quiet : open + "\n" + quiet;
  }
}
