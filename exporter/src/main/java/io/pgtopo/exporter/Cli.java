package io.pgtopo.exporter;

import io.pgtopo.config.Durations;
import io.pgtopo.config.InvalidConfigException;
import io.pgtopo.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line: what there is to say, and how mistakes are answered. */
final class Cli {
  /** As a shell has it for a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private final Surroundings surroundings;

  private Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Command(
      name = "pgtopo",
      description = "Live PostgreSQL topology against the declared one.",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND",
      footerHeading = "%nFirst steps:%n",
      footer = {
        "  pgtopo demo                           real servers, and incidents to stage",
        "  pgtopo check pigsty.yml               is the inventory sound?",
        "  pgtopo tree --inventory pigsty.yml    what is there",
        "  pgtopo diff --inventory pigsty.yml    how that differs from what is declared"
      })
  private static final class Root implements Callable<Integer> {
    @Spec private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
      command.commandLine().usage(command.commandLine().getErr());
      return OneLook.TROUBLE;
    }
  }

  /** All commands; executing it returns the exit status. */
  static CommandLine create(Surroundings surroundings) {
    var cli = new Cli(surroundings);
    var line = new CommandLine(new Root());
    commands(surroundings).forEach(line::addSubcommand);
    line.getCommandSpec().versionProvider(() -> new String[] {VersionCommand.text()});
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Duration.class, Cli::duration);
    line.setParameterExceptionHandler((mistake, arguments) -> misuse(mistake));
    line.setExecutionExceptionHandler(cli::failed);
    for (var command : line.getSubcommands().values()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
    }
    return line;
  }

  /** In the order in which a newcomer needs them. */
  private static List<Object> commands(Surroundings surroundings) {
    return List.of(
        new DemoCommand(surroundings),
        new CheckCommand(surroundings),
        new InventoryCommand(surroundings),
        new TreeCommand(surroundings),
        new DiffCommand(surroundings),
        new ExplainCommand(surroundings),
        new GrantsCommand(surroundings),
        new RunCommand(surroundings),
        new VersionCommand());
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "wanted a duration such as 500ms, 5s or 2m. Found: " + text));
  }

  private static int misuse(ParameterException exception) {
    var line = exception.getCommandLine();
    var err = line.getErr();
    var mistake = Mistake.of(exception);
    err.println("pgtopo: " + mistake.sentence());
    mistake.meant().ifPresent(word -> err.println("Did you mean " + word + "?"));
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
      case InterruptedException stopped -> {
        return INTERRUPTED;
      }
      case InvalidConfigException invalid -> mistakes(invalid, err);
      case Trouble trouble -> err.println("pgtopo: " + trouble.getMessage());
      default ->
          err.println("pgtopo: a bug: " + failure + " (--debug shows where; please report it)");
    }
    if (line.getParseResult().hasMatchedOption("--debug")) {
      failure.printStackTrace(err);
    }
    err.flush();
    return OneLook.TROUBLE;
  }

  private void mistakes(InvalidConfigException invalid, PrintWriter err) {
    invalid.problems().stream()
        .map(problem -> ProblemsText.severity(problem) + ": " + problem)
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
