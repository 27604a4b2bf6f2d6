package io.pgtopo.config;

import io.pgtopo.config.ansible.InventoryFiles;
import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.pigsty.InventoryAssembly;
import io.pgtopo.config.pigsty.ModelVariables;
import io.pgtopo.config.pigsty.MonitorLogin;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.settings.MaintenanceFile;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of the agent and the declared inventory.
 *
 * @param maintenanceFile that commands write; it may be missing
 * @param warnings in order of files and lines
 * @param files that were read
 */
public record Config(
    Settings settings,
    Inventory inventory,
    Policy policy,
    Optional<MaintenanceFile> maintenanceFile,
    List<Problem> warnings,
    List<Path> files) {

  public Config {
    warnings = List.copyOf(warnings);
    files = List.copyOf(files);
  }

  /** Reads everything without a policy: every kind of drift in one is an error. */
  public static Config load(
      Optional<Path> settingsFile, List<String> inventories, Map<String, String> environment) {
    return load(settingsFile, inventories, environment, DriftVocabulary.EMPTY);
  }

  /**
   * Reads everything.
   *
   * @param inventories files or patterns of files; empty for those of the settings
   * @param environment of the process
   * @param words kinds and severities of drift, for the policy
   * @throws InvalidConfigException with all errors and warnings
   */
  public static Config load(
      Optional<Path> settingsFile,
      List<String> inventories,
      Map<String, String> environment,
      DriftVocabulary words) {
    var problems = new Problems();
    var sources = new SourceFiles(problems);
    var reader = new SettingsReader(settingsFile, environment, sources, problems);
    var named = inventories.isEmpty() ? reader.inventories() : inventories;
    if (named.isEmpty()) {
      problems.error(
          Problem.Code.NO_INSTANCES,
          Place.wholeFile("inventory"),
          "an inventory: --inventory FILE, or the setting inventory",
          "none");
    }
    var hosts = new InventoryFiles(sources, problems, ModelVariables::isOne).read(named);
    var declared = new InventoryAssembly(problems).assemble(hosts);
    var settings = reader.settings(declared, MonitorLogin.of(hosts, problems));
    var polled = reader.inScope(declared);
    var maintenance = reader.maintenanceFile(declared);
    var policy = reader.policy(declared, words, maintenance);
    problems.failOnErrors();
    return new Config(settings, polled, policy, maintenance, problems.sorted(), sources.read());
  }

  /**
   * The inventory that a file would declare with a text, and with the variables beside it.
   *
   * @throws InvalidConfigException with all errors and warnings
   */
  public static Inventory inventory(Path file, String text) {
    var problems = new Problems();
    var sources = new SourceFiles(problems);
    var hosts = new InventoryFiles(sources, problems, ModelVariables::isOne).read(file, text);
    var declared = new InventoryAssembly(problems).assemble(hosts);
    problems.failOnErrors();
    return declared;
  }

  /**
   * The settings without an inventory.
   *
   * @throws InvalidConfigException with all errors and warnings
   */
  public static Settings settings(Optional<Path> settingsFile, Map<String, String> environment) {
    var problems = new Problems();
    var sources = new SourceFiles(problems);
    var reader = new SettingsReader(settingsFile, environment, sources, problems);
    var settings = reader.settings(new Inventory(List.of()), MonitorLogin.NONE);
    problems.failOnErrors();
    return settings;
  }
}
