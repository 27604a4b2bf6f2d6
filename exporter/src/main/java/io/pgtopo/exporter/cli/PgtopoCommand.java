package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code pgtopo} without a command, and all commands in the order in which a newcomer needs them.
 */
@Command(
    name = "pgtopo",
    description = "Live PostgreSQL topology compared with the declared one.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = VersionCommand.Provider.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:success", "2:failure, or bad usage"},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      CheckCommand.class,
      InventoryCommand.class,
      TreeCommand.class,
      DiffCommand.class,
      SafeCommand.class,
      ServicesCommand.class,
      DiscoverCommand.class,
      ChangesCommand.class,
      KindsCommand.class,
      ExplainCommand.class,
      GrantsCommand.class,
      MaintenanceCommand.class,
      RunCommand.class,
      VersionCommand.class
    })
final class PgtopoCommand implements Callable<Integer> {
  private static final String FIRST_STEPS =
      """

      First steps:
        pgtopo demo                           start real servers and stage incidents
        pgtopo discover --from 10.10.10.11    generate an inventory from live servers
        pgtopo check pigsty.yml               lint the inventory
        pgtopo tree --inventory pigsty.yml    draw the live topology
        pgtopo diff --inventory pigsty.yml    compare it with the declared one
      """;

  @Spec private CommandSpec command = CommandSpec.create();

  private final Optional<CliContext> context;

  /** Without a context, for the manual pages and the shell completion: the build executes none. */
  PgtopoCommand() {
    this.context = Optional.empty();
  }

  PgtopoCommand(CliContext context) {
    this.context = Optional.of(context);
  }

  /** That of a command, or of the options of one. */
  static CliContext context(CommandSpec command) {
    return ((PgtopoCommand) command.root().userObject()).context.orElseThrow();
  }

  @Override
  public Integer call() {
    var err = command.commandLine().getErr();
    command.commandLine().usage(err);
    err.print(FIRST_STEPS);
    err.flush();
    return Subcommand.FAILED;
  }
}
