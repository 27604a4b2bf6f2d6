package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands. */
public final class Commands implements IFactory {
  private static final Map<Class<?>, Function<CliContext, Object>> MAKERS =
      Map.ofEntries(
          Map.entry(DemoCommand.class, DemoCommand::new),
          Map.entry(CheckCommand.class, CheckCommand::new),
          Map.entry(InventoryCommand.class, InventoryCommand::new),
          Map.entry(TreeCommand.class, TreeCommand::new),
          Map.entry(DiffCommand.class, DiffCommand::new),
          Map.entry(DiscoverCommand.class, DiscoverCommand::new),
          Map.entry(ChangesCommand.class, ChangesCommand::new),
          Map.entry(ExplainCommand.class, ExplainCommand::new),
          Map.entry(GrantsCommand.class, GrantsCommand::new),
          Map.entry(MaintenanceCommand.class, MaintenanceCommand::new),
          Map.entry(RunCommand.class, RunCommand::new));

  private final CliContext context;

  public Commands(CliContext context) {
    this.context = context;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    var maker = Optional.ofNullable(MAKERS.get(type));
    return maker.isPresent()
        ? type.cast(maker.get().apply(context))
        : CommandLine.defaultFactory().create(type);
  }
}
