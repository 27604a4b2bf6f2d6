package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command is told that needs no declaration: its settings, and how much to tell. */
final class SettingsOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "Settings of pgtopo.")
  private Optional<Path> settings = Optional.empty();

  @Option(
      names = "--verbose",
      description = "Tell on the standard error what is read, and what each server answers.")
  private boolean verbose;

  @Option(
      names = "--debug",
      description = "Tell every step, and show the stack trace of a failure.")
  private boolean debug;

  /** The settings that the user names, else the first of those that are looked for. */
  Optional<Path> settingsFile(CliContext context) {
    return settings.or(() -> context.settingsFiles().stream().filter(Files::exists).findFirst());
  }

  boolean isVerbose() {
    return verbose || debug;
  }

  /** Makes the log as talkative as the user wants it; without a log it stays unloaded. */
  void log(LogLevel otherwise) {
    (debug ? LogLevel.DEBUG : otherwise).apply();
  }
}
