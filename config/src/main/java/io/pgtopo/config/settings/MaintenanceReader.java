package io.pgtopo.config.settings;

import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads what is under maintenance, from the settings or a file of its own. */
final class MaintenanceReader {
  private final Problems problems;
  private final ValueReader reader;
  private final Inventory inventory;
  private final RuleFields fields;

  MaintenanceReader(Problems problems, Inventory inventory) {
    this.problems = problems;
    this.reader = new ValueReader(problems);
    this.inventory = inventory;
    this.fields = new RuleFields(problems, inventory);
  }

  /** The file. If it is missing, nothing is under maintenance. */
  MaintenanceFile read(Path file, SourceFiles sources) {
    if (!Files.exists(file)) {
      sources.recordMissing(file);
      return new MaintenanceFile(file, List.of());
    }
    return new MaintenanceFile(
        file,
        sources
            .yaml(file)
            .filter(root -> !(root.value() instanceof Value.Null))
            .flatMap(root -> reader.map(root, "a map with maintenance"))
            .flatMap(root -> reader.onlyKeys(root, "maintenance").find("maintenance"))
            .map(this::read)
            .orElse(List.of()));
  }

  List<Maintenance> read(Located list) {
    return reader.list(list, "a list of maintenance entries").stream()
        .flatMap(item -> entry(item).stream())
        .toList();
  }

  private Optional<Maintenance> entry(Located item) {
    if (reader.map(item, "a map with cluster, until, owner and reason").isEmpty()) {
      return Optional.empty();
    }
    reader.onlyKeys(item, "cluster", "instance", "until", "owner", "reason");
    var cluster = reader.requiredText(item, "cluster", "the name of a cluster");
    var instance = reader.textAt(item, "instance");
    var owner = fields.owner(item);
    var reason = reader.requiredText(item, "reason", "the reason for the maintenance");
    var until = fields.until(item);
    if (cluster.isEmpty() || owner.isEmpty() || reason.isEmpty() || until.isEmpty()) {
      return Optional.empty();
    }
    if (fields.warnIfUndeclared(cluster.get(), item.find("cluster").orElse(item))) {
      instance.ifPresent(name -> warnIfNoMember(cluster.get(), name, item));
    }
    return Optional.of(
        new Maintenance(cluster.get(), instance, until.get(), owner.get(), reason.get()));
  }

  private void warnIfNoMember(String cluster, String instance, Located item) {
    var names =
        inventory
            .instances()
            .filter(member -> member.cluster().equals(cluster))
            .map(Instance::name)
            .toList();
    if (!names.contains(instance)) {
      problems.warn(
          Code.MATCHES_NOTHING,
          item.placeOf("instance"),
          ValueReader.wanted(names),
          instance + ", so this has no effect");
    }
  }
}
