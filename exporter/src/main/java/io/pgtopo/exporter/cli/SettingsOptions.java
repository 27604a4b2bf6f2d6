package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The settings file of a command, and how much it logs. */
class SettingsOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private Optional<Path> settings = Optional.empty();

  @Option(
      names = {"-v", "--verbose"},
      description = "Print the files read and each server's answer to standard error.")
  private boolean verbose;

  @Option(
      names = "--debug",
      description = "Log every step, and print the stack trace of a failure.")
  private boolean debug;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** The file that the user names, otherwise the first default one that exists. */
  final Optional<Path> settingsFile() {
    return settings.or(() -> context().settingsFiles().stream().filter(Files::exists).findFirst());
  }

  final CliContext context() {
    return PgtopoCommand.context(command);
  }

  final boolean isVerbose() {
    return verbose || debug;
  }

  /** Sets the log level that the user wants. */
  final void log(LogLevel otherwise) {
    (debug ? LogLevel.DEBUG : otherwise).apply();
  }
}
