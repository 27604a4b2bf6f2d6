package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.daemon.OneShot;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code pgtopo} without a command, and the commands in the order in which a newcomer needs them.
 */
@Command(
    name = "pgtopo",
    description = "Live PostgreSQL topology against the declared one.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = PgtopoCommand.ThisVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      CheckCommand.class,
      InventoryCommand.class,
      TreeCommand.class,
      DiffCommand.class,
      DiscoverCommand.class,
      ChangesCommand.class,
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
        pgtopo demo                           real servers, and incidents to stage
        pgtopo discover --from 10.10.10.11    write an inventory of what is there
        pgtopo check pigsty.yml               is the inventory sound?
        pgtopo tree --inventory pigsty.yml    what is there
        pgtopo diff --inventory pigsty.yml    how that differs from what is declared
      """;

  @Spec private CommandSpec command = CommandSpec.create();

  /** What {@code --version} prints. */
  static final class ThisVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {VersionCommand.text()};
    }
  }

  @Override
  public Integer call() {
    var err = command.commandLine().getErr();
    command.commandLine().usage(err);
    err.print(FIRST_STEPS);
    err.flush();
    return OneShot.TROUBLE;
  }
}
