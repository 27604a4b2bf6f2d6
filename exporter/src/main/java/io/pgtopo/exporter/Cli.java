package io.pgtopo.exporter;

import io.pgtopo.config.InvalidConfigException;
import io.pgtopo.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: what there is to say, and how mistakes are answered. */
final class Cli {
  private final Surroundings surroundings;

  private Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Command(
      name = "pgtopo",
      description = "Live PostgreSQL topology against the declared one.",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND")
  private static final class Root {}

  /** All commands; executing it returns the exit status. */
  static CommandLine create(Surroundings surroundings) {
    var cli = new Cli(surroundings);
    var line = new CommandLine(new Root());
    line.addSubcommand(new RunCommand(surroundings));
    line.addSubcommand(new TreeCommand(surroundings));
    line.addSubcommand(new DiffCommand(surroundings));
    line.addSubcommand(new InventoryCommand(surroundings));
    line.addSubcommand(new MaintenanceCommand(surroundings));
    line.addSubcommand(new DemoCommand(surroundings));
    line.addSubcommand(new VersionCommand());
    line.getCommandSpec().versionProvider(() -> new String[] {VersionCommand.text()});
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((mistake, arguments) -> misuse(mistake));
    line.setExecutionExceptionHandler(cli::failed);
    for (var command : line.getSubcommands().values()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
    }
    return line;
  }

  private static int misuse(ParameterException mistake) {
    var line = mistake.getCommandLine();
    var err = line.getErr();
    err.println("pgtopo: " + mistake.getMessage());
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return OneLook.TROUBLE;
  }

  private int failed(Exception failure, CommandLine line, ParseResult parsed) {
    var err = line.getErr();
    switch (failure) {
      case ParameterException mistake -> {
        return misuse(mistake);
      }
      case InvalidConfigException invalid -> mistakes(invalid, err);
      default -> err.println("pgtopo: a bug: " + failure);
    }
    if (parsed.hasMatchedOption("--debug")) {
      failure.printStackTrace(err);
    }
    err.flush();
    return OneLook.TROUBLE;
  }

  private void mistakes(InvalidConfigException invalid, PrintWriter err) {
    invalid.problems().stream()
        .map(problem -> problem.severity().name().toLowerCase(Locale.ROOT) + ": " + problem)
        .forEach(err::println);
    if (invalid.problems().stream().anyMatch(it -> it.code() == Problem.Code.NO_INSTANCES)) {
      var tried =
          surroundings.settingsFiles().stream()
              .map(Path::toString)
              .collect(Collectors.joining(", "));
      err.println(
          "An inventory is named by --inventory FILE, by PGTOPO_INVENTORY, or by the setting"
              + " inventory in the file that --config names; without --config these are tried: "
              + tried);
    }
  }
}
