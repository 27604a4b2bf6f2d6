package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.text.InventoryText;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.Plural;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgtopo inventory}. */
@Command(
    name = "inventory",
    description = "Print the parsed inventory; connects to no server.",
    exitCodeList = {"0:parsed", "2:invalid, or bad usage"})
final class InventoryCommand extends Subcommand {
  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    var agent = remote.agent(context(), err());
    var all =
        agent.isPresent()
            ? agent.get().inventory()
            : InventoryReport.of(input.load(), cluster -> true);
    asked.check(all.names());
    var shown = all.only(asked::isAsked);
    print(output.of(style -> InventoryText.render(shown, style), () -> shown));
    if (output.isText()) {
      shown.problems().forEach(problem -> err().println("warning: " + problem));
      err().println(sizes(shown));
    }
    return 0;
  }

  private static String sizes(InventoryReport inventory) {
    return Plural.of(inventory.names().size(), "cluster")
        + ", "
        + Plural.of(
            inventory.clusters().stream().mapToInt(it -> it.instances().size()).sum()
                + inventory.remote().size(),
            "instance");
  }
}
