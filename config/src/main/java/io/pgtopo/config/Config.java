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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The settings of the agent and the declared inventory.
 *
 * @param maintenanceFile that commands write; it may be missing
 * @param warnings in order of files and lines, errors that cost no more than a cluster among them
 * @param notWatched the clusters that errors cost, and hosts whose cluster is unknown
 * @param files that were read
 */
public record Config(
    Settings settings,
    Inventory inventory,
    Policy policy,
    Optional<MaintenanceFile> maintenanceFile,
    List<Problem> warnings,
    SortedSet<String> notWatched,
    List<Path> files) {

  public Config {
    warnings = List.copyOf(warnings);
    notWatched = Collections.unmodifiableSortedSet(new TreeSet<>(notWatched));
    files = List.copyOf(files);
  }

  /** Everything, of which no cluster has an error. */
  public Config(
      Settings settings,
      Inventory inventory,
      Policy policy,
      Optional<MaintenanceFile> maintenanceFile,
      List<Problem> warnings,
      List<Path> files) {
    this(settings, inventory, policy, maintenanceFile, warnings, new TreeSet<>(), files);
  }

  /** Itself; fails if an error costs a cluster. */
  public Config whole() {
    if (!notWatched.isEmpty()) {
      throw new InvalidConfigException(warnings);
    }
    return this;
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
    return load(settingsFile, inventories, environment, words, false);
  }

  /**
   * Reads everything, with an inventory that may not declare a cluster yet.
   *
   * @throws InvalidConfigException with all errors and warnings
   */
  public static Config loadToMerge(
      Optional<Path> settingsFile,
      List<String> inventories,
      Map<String, String> environment,
      DriftVocabulary words) {
    return load(settingsFile, inventories, environment, words, true);
  }

  private static Config load(
      Optional<Path> settingsFile,
      List<String> inventories,
      Map<String, String> environment,
      DriftVocabulary words,
      boolean mayBeEmpty) {
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
    var lost = problems.lost();
    if (declared.clusters().isEmpty()
        && !mayBeEmpty
        && !named.isEmpty()
        && problems.isSound()
        && lost.isEmpty()) {
      problems.error(
          Problem.Code.NO_CLUSTER,
          Place.wholeFile(String.join(", ", named)),
          "hosts with pg_cluster, pg_seq and pg_role, as Pigsty declares them",
          "none (hosts that were read: %d); 'pgtopo discover --from SERVER' generates such an inventory"
              .formatted(hosts.size()));
    }
    var settings = reader.settings(declared, MonitorLogin.of(hosts, problems));
    var polled = reader.inScope(declared);
    var maintenance = reader.maintenanceFile(declared);
    var policy = reader.policy(declared, words, maintenance);
    if (mayBeEmpty || declared.clusters().isEmpty()) {
      problems.failOnAnyError();
    }
    problems.failOnErrors();
    for (var cluster : lost) {
      problems.fault(
          Problem.Code.NOT_WATCHED,
          Place.wholeFile(String.join(", ", named)),
          "clusters without errors",
          cluster + " has errors, so it is not watched");
    }
    return new Config(
        settings, polled, policy, maintenance, problems.sorted(), lost, sources.read());
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
    problems.failOnAnyError();
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
