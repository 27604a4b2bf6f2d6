package io.pgtopo.exporter;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pgtopo tree}. */
@Command(
    name = "tree",
    description = "Look once, and draw who replicates from whom.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:at least one server answered", "2:none answered, or bad input"})
final class TreeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  TreeCommand(Surroundings surroundings) {
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
          case TEXT -> TreeText.render(snapshot, views, output.style(surroundings));
          case JSON -> TopologyJson.render(snapshot, views).text();
        };
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
    OneLook.complain(config, views, command.commandLine().getErr());
    return Summary.of(views).reachable() > 0 ? 0 : OneLook.TROUBLE;
  }
}
