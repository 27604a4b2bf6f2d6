package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The inventories and settings of a command. */
final class InputOptions {
  @Option(
      names = "--inventory",
      paramLabel = "FILE",
      description = "Pigsty inventory, or a pattern; may be repeated.")
  private List<String> inventories = new ArrayList<>();

  @Mixin private SettingsOptions settings = new SettingsOptions();

  /**
   * Reads the settings and the inventory.
   *
   * @throws io.pgtopo.config.reading.InvalidConfigException with all problems
   */
  Config load(CliContext context) {
    return load(settingsFile(context), List.of(), context);
  }

  /** Reads them, and more inventories than those that options name. */
  Config load(Optional<Path> settingsFile, List<String> more, CliContext context) {
    var all = new ArrayList<>(inventories);
    all.addAll(more);
    return Config.load(settingsFile, all, context.environment(), DriftKind.vocabulary());
  }

  /** The settings file that the user names, otherwise the first default one that exists. */
  Optional<Path> settingsFile(CliContext context) {
    return settings.settingsFile(context);
  }

  /** The inventories that options name. */
  List<String> inventories() {
    return List.copyOf(inventories);
  }

  boolean isVerbose() {
    return settings.isVerbose();
  }

  /** Sets the log level that the user wants. */
  void log(LogLevel otherwise) {
    settings.log(otherwise);
  }
}
