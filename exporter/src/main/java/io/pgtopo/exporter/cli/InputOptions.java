package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The inventories and settings of a command. */
final class InputOptions extends SettingsOptions {
  @Option(
      names = "--inventory",
      paramLabel = "FILE",
      description = "Pigsty inventory, or a pattern; may be repeated.")
  private List<String> inventories = new ArrayList<>();

  /**
   * Reads the settings and the inventory.
   *
   * @throws io.pgtopo.config.reading.InvalidConfigException with all problems, if there is an error
   */
  Config load() {
    return loadWatchable().whole();
  }

  /** Reads them; an error in a cluster costs this cluster only. */
  Config loadWatchable() {
    return load(settingsFile(), List.of());
  }

  /** Reads them, and more inventories than those that options name. */
  Config load(Optional<Path> settingsFile, List<String> more) {
    var all = new ArrayList<>(inventories);
    all.addAll(more);
    return Config.load(settingsFile, all, context().environment(), DriftKind.vocabulary());
  }

  /** The inventories that options name. */
  List<String> inventories() {
    return List.copyOf(inventories);
  }
}
