package io.pgtopo.exporter;

import io.pgtopo.agent.topology.AddressBook;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pgtopo inventory}. */
@Command(name = "inventory", description = "Print what is declared; no server is asked.")
final class InventoryCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  InventoryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    input.logging(Logging.QUIET).apply();
    var config = input.load(surroundings);
    output.check(config.inventory());
    var names = new Names(AddressBook.of(config.inventory()));
    var clusters =
        config.inventory().clusters().stream()
            .filter(cluster -> output.isAsked(cluster.name()))
            .toList();
    var line = command.commandLine();
    switch (output.format()) {
      case TEXT -> {
        line.getOut().print(InventoryText.render(clusters, names, output.style(surroundings)));
        line.getOut().flush();
        config.warnings().forEach(problem -> line.getErr().println("warning: " + problem));
      }
      case JSON -> {
        line.getOut().print(InventoryJson.render(config, clusters, names).text());
        line.getOut().flush();
      }
    }
    return 0;
  }
}
