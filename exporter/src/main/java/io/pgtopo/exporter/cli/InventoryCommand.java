package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.InventoryText;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.Plural;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo inventory}. */
@Command(
    name = "inventory",
    description = "Print the parsed inventory; connects to no server.",
    exitCodeList = {"0:parsed", "2:invalid, or bad usage"})
final class InventoryCommand extends Subcommand {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private StyleOptions style = new StyleOptions();

  enum Format {
    TEXT,
    JSON
  }

  InventoryCommand(CliContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    var agent = remote.agent(context(), err());
    var all =
        agent.isPresent()
            ? agent.get().inventory()
            : InventoryReport.of(input.load(context()), cluster -> true);
    asked.check(all.names());
    var shown = all.only(asked::isAsked);
    print(
        switch (format) {
          case TEXT -> InventoryText.render(shown, style.style(context()));
          case JSON -> Json.text(shown);
        });
    if (format == Format.TEXT) {
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
