package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The command line: what there is to say, and how mistakes are answered. */
public final class Cli {
  /** As a shell has it for a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private final CliContext context;

  private Cli(CliContext context) {
    this.context = context;
  }

  /** All commands; executing it returns the exit status. */
  public static CommandLine create(CliContext context) {
    var cli = new Cli(context);
    var line = new CommandLine(PgtopoCommand.class, new Commands(context));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Duration.class, Cli::duration);
    line.registerConverter(URI.class, Cli::url);
    line.setParameterExceptionHandler((mistake, arguments) -> misuse(mistake));
    line.setExecutionExceptionHandler(cli::failed);
    return line;
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "wanted a duration such as 500ms, 5s or 2m. Found: " + text));
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException malformed) {
      throw new TypeConversionException(
          "wanted a URL such as http://127.0.0.1:8432. Found: " + malformed.getReason());
    }
  }

  private static int misuse(ParameterException exception) {
    var line = exception.getCommandLine();
    var err = line.getErr();
    var mistake = UsageError.of(exception);
    err.println("pgtopo: " + mistake.sentence());
    mistake.meant().ifPresent(word -> err.println("Did you mean " + word + "?"));
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return OneShot.TROUBLE;
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
      case CommandFailed trouble -> err.println("pgtopo: " + trouble.getMessage());
      default ->
          err.println("pgtopo: a bug: " + failure + " (--debug shows where; please report it)");
    }
    if (line.getParseResult().hasMatchedOption("--debug")) {
      failure.printStackTrace(err);
    }
    err.flush();
    return OneShot.TROUBLE;
  }

  private void mistakes(InvalidConfigException invalid, PrintWriter err) {
    invalid.problems().stream()
        .map(problem -> problem.severity().label() + ": " + problem)
        .forEach(err::println);
    if (invalid.problems().stream().anyMatch(it -> it.code() == Problem.Code.NO_INSTANCES)) {
      var tried =
          context.settingsFiles().stream().map(Path::toString).collect(Collectors.joining(", "));
      err.println(
          "An inventory is named by --inventory FILE, by PGTOPO_INVENTORY, or by the setting"
              + " inventory in the file that --config names; without --config these are tried: "
              + tried);
    }
  }
}
