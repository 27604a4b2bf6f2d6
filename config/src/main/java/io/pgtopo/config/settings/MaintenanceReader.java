package io.pgtopo.config.settings;

import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a file of what is under maintenance. */
public final class MaintenanceReader {
  private final SourceFiles sources;
  private final Problems problems;
  private final Inventory inventory;

  public MaintenanceReader(SourceFiles sources, Problems problems, Inventory inventory) {
    this.sources = sources;
    this.problems = problems;
    this.inventory = inventory;
  }

  /** The file. It need not be there: then nothing is under maintenance. */
  public MaintenanceFile read(Path file) {
    if (!Files.exists(file)) {
      sources.miss(file);
      return new MaintenanceFile(file, List.of());
    }
    var entries = new Entries(problems, inventory);
    return new MaintenanceFile(
        file,
        sources
            .yaml(file)
            .filter(root -> !(root.value() instanceof Value.Null))
            .map(entries::readRoot)
            .orElse(List.of()));
  }

  /** Reads lists of what is under maintenance. */
  static final class Entries {
    private final Problems problems;
    private final Expected expected;
    private final Inventory inventory;
    private final RuleFields fields;

    Entries(Problems problems, Inventory inventory) {
      this.problems = problems;
      this.expected = new Expected(problems);
      this.inventory = inventory;
      this.fields = new RuleFields(problems, inventory);
    }

    private List<Maintenance> readRoot(Located root) {
      var map = expected.map(root, "a map with maintenance");
      map.ifPresent(it -> fields.only(it, "maintenance"));
      return read(map.flatMap(it -> it.find("maintenance")));
    }

    public List<Maintenance> read(Optional<Located> found) {
      var entries = new ArrayList<Maintenance>();
      found
          .map(list -> expected.list(list, "a list of what is under maintenance"))
          .orElse(List.of())
          .forEach(item -> entry(item).ifPresent(entries::add));
      return entries;
    }

    private Optional<Maintenance> entry(Located item) {
      var map = expected.map(item, "a map with cluster, until, owner and reason");
      if (map.isEmpty()) {
        return Optional.empty();
      }
      fields.only(item, "cluster", "instance", "until", "owner", "reason");
      var cluster = fields.required(item, "cluster", "the name of a cluster");
      var instance = fields.text(item, "instance");
      var owner = fields.required(item, "owner", "who answers for it");
      var reason = fields.required(item, "reason", "why it is worked on");
      var until = fields.end(item);
      if (cluster.isEmpty() || owner.isEmpty() || reason.isEmpty() || until.isEmpty()) {
        return Optional.empty();
      }
      if (fields.warnIfUndeclared(cluster.get(), item.find("cluster").orElse(item).place())) {
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
            item.find("instance").orElse(item).place(),
            "wanted one of "
                + String.join(", ", names)
                + ". Found: "
                + instance
                + ", so this has no effect");
      }
    }
  }
}
