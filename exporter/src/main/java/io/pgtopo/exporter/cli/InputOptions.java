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

/** What a command is told that reads a declaration: where it is, and how much to tell of it. */
final class InputOptions {
  @Option(
      names = "--inventory",
      paramLabel = "FILE",
      description = "Pigsty inventory; may be given several times, and be a pattern.")
  private List<String> inventories = new ArrayList<>();

  @Mixin private SettingsOptions settings = new SettingsOptions();

  /**
   * Reads the settings and the inventory.
   *
   * @throws io.pgtopo.config.reading.InvalidConfigException with everything that is wrong
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

  /** The settings that the user names, else the first of those that are looked for. */
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

  /** Makes the log as talkative as the user wants it; without a log it stays unloaded. */
  void log(LogLevel otherwise) {
    settings.log(otherwise);
  }
}
