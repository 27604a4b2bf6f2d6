package io.pgtopo.exporter.cli;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.client.ToldInventory;
import io.pgtopo.exporter.json.InventoryJson;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.InventoryText;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.Summary;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo inventory}. */
@Command(
    name = "inventory",
    description = "Print the parsed inventory; connects to no server.",
    exitCodeList = {"0:parsed", "2:invalid, or bad usage"})
final class InventoryCommand implements Callable<Integer> {
  private final CliContext context;

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
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON
  }

  InventoryCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    var agent = remote.agent(context, command.commandLine().getErr());
    return agent.isPresent() ? askedOf(agent.get()) : read();
  }

  private int askedOf(AgentClient agent) throws InterruptedException {
    var line = command.commandLine();
    var answer = agent.inventory();
    var told = new ToldInventory(answer);
    asked.check(told.clusters());
    if (format == Format.JSON && !asked.isAll()) {
      throw new ParameterException(line, "with --agent and --format json all clusters are printed");
    }
    line.getOut()
        .print(
            switch (format) {
              case TEXT -> told.render(asked::isAsked, style.style(context));
              case JSON -> answer.toPrettyString() + "\n";
            });
    line.getOut().flush();
    told.warnings().forEach(warning -> line.getErr().println("warning: " + warning));
    return 0;
  }

  private int read() {
    var config = input.load(context);
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    var names = new DisplayNames(AddressBook.of(config.inventory()));
    var clusters =
        config.inventory().clusters().stream()
            .filter(cluster -> asked.isAsked(cluster.name()))
            .toList();
    var line = command.commandLine();
    switch (format) {
      case TEXT -> {
        line.getOut().print(InventoryText.render(clusters, names, style.style(context)));
        line.getOut().flush();
        config.warnings().forEach(problem -> line.getErr().println("warning: " + problem));
        line.getErr().println(sizes(clusters));
      }
      case JSON -> {
        line.getOut().print(InventoryJson.render(config, clusters, names).text());
        line.getOut().flush();
      }
    }
    return 0;
  }

  private static String sizes(List<Cluster> clusters) {
    return Summary.count(clusters.size(), "cluster")
        + ", "
        + Summary.count(
            clusters.stream().mapToInt(cluster -> cluster.instances().size()).sum(), "instance");
  }
}
