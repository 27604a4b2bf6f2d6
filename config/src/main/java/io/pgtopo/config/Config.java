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
import io.pgtopo.config.settings.MaintenanceReader;
import io.pgtopo.config.settings.PolicyReader;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.SettingsReader;
import io.pgtopo.config.settings.Web;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that the agent is told: its settings and the declared inventory.
 *
 * @param maintenanceFile where commands may note what is under maintenance; it need not be there
 * @param warnings what is suspicious, in order of files and lines
 * @param files that were read, for whoever wants to notice changes
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

  /** Reads everything for somebody who knows no kind of drift: a policy of any is refused. */
  public static Config load(
      Optional<Path> settingsFile, List<String> inventories, Map<String, String> environment) {
    return load(settingsFile, inventories, environment, DriftVocabulary.EMPTY);
  }

  /**
   * Reads everything anew, and returns the whole or throws.
   *
   * @param inventories files, or patterns of files; empty for those that the settings name
   * @param environment of the process, of which the names with {@code PGTOPO_} count
   * @param words in which the policy speaks of drift
   * @throws InvalidConfigException with all errors, and the warnings among them
   */
  public static Config load(
      Optional<Path> settingsFile,
      List<String> inventories,
      Map<String, String> environment,
      DriftVocabulary words) {
    var problems = new Problems();
    var sources = new SourceFiles(problems);
    var draft = new SettingsReader(sources, problems).read(settingsFile, environment);
    var named = inventories.isEmpty() ? draft.given().inventories() : inventories;
    var hosts = new InventoryFiles(sources, problems, ModelVariables::isOne).read(named);
    var inventory = new InventoryAssembly(problems).assemble(hosts);
    var node = draft.vicinity().thisNode();
    var settings =
        draft.complete(
            MonitorLogin.of(hosts, problems),
            node.endpoints(inventory),
            inventory.interiors(),
            draft.web().complete(inventory, problems));
    var watched = draft.vicinity().scope().of(inventory, node::runs);
    if (watched.clusters().isEmpty() && !inventory.clusters().isEmpty()) {
      problems.error(
          Problem.Code.NO_INSTANCES,
          draft.vicinity().place(),
          "wanted an inventory that declares an instance on this node, or scope: fleet."
              + " Found: none on "
              + node.text()
              + "; the setting node says by which address the inventory knows it");
    }
    if (named.isEmpty()) {
      problems.error(
          Problem.Code.NO_INSTANCES,
          Place.wholeFile("inventory"),
          "wanted an inventory: --inventory FILE, or the setting inventory. Found: none");
    }
    var maintenance =
        draft
            .given()
            .maintenanceFile()
            .map(file -> new MaintenanceReader(sources, problems, inventory).read(file));
    var policy =
        new PolicyReader(problems, words, inventory).read(draft.given().policy(), maintenance);
    if (problems.hasErrors()) {
      throw new InvalidConfigException(problems.sorted());
    }
    return new Config(settings, watched, policy, maintenance, problems.sorted(), sources.read());
  }

  /**
   * The settings alone, for servers that no inventory declares.
   *
   * @throws InvalidConfigException with all errors, and the warnings among them
   */
  public static Settings settings(Optional<Path> settingsFile, Map<String, String> environment) {
    var problems = new Problems();
    var sources = new SourceFiles(problems);
    var draft = new SettingsReader(sources, problems).read(settingsFile, environment);
    var settings =
        draft.complete(
            new MonitorLogin(Optional.empty(), Optional.empty()),
            new TreeSet<>(),
            new TreeMap<>(),
            Web.DEFAULT);
    if (problems.hasErrors()) {
      throw new InvalidConfigException(problems.sorted());
    }
    return settings;
  }
}
