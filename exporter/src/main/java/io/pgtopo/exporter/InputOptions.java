package io.pgtopo.exporter;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every command is told: where the inventory and the settings are. */
final class InputOptions {
  @Option(
      names = "--inventory",
      paramLabel = "FILE",
      description = "Pigsty inventory; may be given several times, and be a pattern.")
  private List<String> inventories = new ArrayList<>();

  @Option(names = "--config", paramLabel = "FILE", description = "Settings of pgtopo.")
  private Optional<Path> settings = Optional.empty();

  @Option(names = "--debug", description = "Tell every step on the standard error.")
  private boolean debug;

  /**
   * Reads the settings and the inventory.
   *
   * @throws io.pgtopo.config.InvalidConfigException with everything that is wrong
   */
  Config load(Surroundings surroundings) {
    var file =
        settings.or(() -> surroundings.settingsFiles().stream().filter(Files::exists).findFirst());
    return Config.load(file, inventories, surroundings.environment(), DriftKind.vocabulary());
  }

  /** How much to log, unless the user wants to see everything. */
  Logging logging(Logging otherwise) {
    return debug ? Logging.DEBUG : otherwise;
  }
}
