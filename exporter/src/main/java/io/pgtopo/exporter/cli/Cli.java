package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Times;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.MessageOutput;
import io.pgtopo.exporter.text.DiffNagios;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The command line: its commands, its types of values, and its errors. */
public final class Cli {
  /** The shell's status of a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private Cli() {}

  /** All commands; executing it returns the exit status. */
  public static CommandLine create(CliContext context) {
    var line = new CommandLine(new PgtopoCommand(context));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Duration.class, Cli::duration);
    line.registerConverter(Instant.class, Cli::time);
    line.registerConverter(URI.class, Cli::url);
    line.setParameterExceptionHandler(
        (mistake, arguments) -> status(usageError(mistake), mistake, line, List.of(arguments)));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) ->
            status(failed(failure, command), failure, line, parsed.originalArgs()));
    return line;
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "wanted a duration such as 500ms, 5s or 2m. Found: " + text));
  }

  private static Instant time(String text) {
    return Times.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "wanted a time such as 2026-12-31T08:00:00Z. Found: " + text));
  }

  private static URI url(String text) {
    try {
      var url = new URI(text);
      if (url.getHost() != null) {
        return url;
      }
      throw new URISyntaxException(text, "no scheme");
    } catch (URISyntaxException malformed) {
      // A password that somebody put into a URL is not repeated.
      var found = text.contains("@") ? malformed.getReason() : text;
      throw new TypeConversionException(
          "wanted a URL such as http://127.0.0.1:8432. Found: " + found);
    }
  }

  /** A check plugin states any failure on its standard output, as unknown. */
  private static int status(
      int status, Exception failure, CommandLine line, List<String> arguments) {
    if (!DiffCommand.isPlugin(arguments)) {
      return status;
    }
    line.getOut().println(DiffNagios.line(DiffNagios.State.UNKNOWN, sentence(failure)));
    line.getOut().flush();
    return DiffNagios.State.UNKNOWN.exitStatus();
  }

  private static String sentence(Exception failure) {
    return switch (failure) {
      case ParameterException mistake -> UsageError.of(mistake).sentence();
      case InvalidConfigException invalid ->
          invalid.problems().stream().map(Problem::toString).collect(Collectors.joining("; "));
      default -> String.valueOf(failure.getMessage());
    };
  }

  private static int usageError(ParameterException exception) {
    var line = exception.getCommandLine();
    var err = new MessageOutput(line.getErr());
    var error = UsageError.of(exception);
    err.println("pgtopo: " + error.sentence());
    error.meant().ifPresent(word -> err.println("Did you mean " + word + "?"));
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return Subcommand.FAILED;
  }

  private static int failed(Exception failure, CommandLine line) {
    var err = new MessageOutput(line.getErr());
    switch (failure) {
      case ParameterException mistake -> {
        return usageError(mistake);
      }
      case InterruptedException stopped -> {
        return INTERRUPTED;
      }
      case InvalidConfigException invalid -> printProblems(invalid, line);
      case CommandFailed reason -> err.println("pgtopo: " + reason.getMessage());
      default ->
          err.println(
              "pgtopo: a bug: " + failure + " (--debug prints the stack trace; please report it)");
    }
    if (line.getParseResult().hasMatchedOption("--debug")) {
      failure.printStackTrace(err);
    }
    err.flush();
    return Subcommand.FAILED;
  }

  private static void printProblems(InvalidConfigException invalid, CommandLine line) {
    var err = new MessageOutput(line.getErr());
    invalid.problems().stream()
        .map(problem -> problem.level().label() + ": " + problem)
        .forEach(err::println);
    if (invalid.problems().stream().anyMatch(it -> it.code() == Problem.Code.NO_INSTANCES)) {
      var tried =
          PgtopoCommand.context(line.getCommandSpec()).settingsFiles().stream()
              .map(Path::toString)
              .toList();
      err.println(
          "Name an inventory with --inventory FILE, PGTOPO_INVENTORY, or the setting inventory in"
              + " the settings file; without --config these are tried: "
              + String.join(", ", tried));
    }
  }
}
