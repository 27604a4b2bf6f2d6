package io.pgtopo.config.settings;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.reading.ByteSizes;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Times;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the policy for drift and the maintenance, and checks them against what is declared. */
final class PolicyReader {
  private static final String END =
      "a time with its offset such as 2026-12-31T08:00:00Z, or a day such as 2026-12-31";

  private final Problems problems;
  private final ValueReader reader;
  private final DriftVocabulary words;
  private final Inventory inventory;

  PolicyReader(Problems problems, DriftVocabulary words, Inventory inventory) {
    this.problems = problems;
    this.reader = new ValueReader(problems);
    this.words = words;
    this.inventory = inventory;
  }

  Policy read(SettingValues values, Optional<MaintenanceFile> maintenanceFile) {
    var everywhere =
        new Policy.Rating(
            values.find(Setting.POLICY_ROLES).flatMap(this::roles),
            values.find(Setting.POLICY_SEVERITY).map(this::severities).orElseGet(TreeMap::new),
            values.find(Setting.POLICY_MAX_LAG).flatMap(this::size),
            values.find(Setting.POLICY_MAX_PAUSE).flatMap(this::duration));
    var clusters = values.find(Setting.POLICY_CLUSTERS).map(this::clusters);
    var ignored = values.find(Setting.POLICY_IGNORE).map(this::rules);
    var maintenance = new ArrayList<Maintenance>();
    values.find(Setting.MAINTENANCE).map(this::maintenance).ifPresent(maintenance::addAll);
    maintenanceFile.ifPresent(it -> maintenance.addAll(it.entries()));
    return new Policy(
        everywhere, clusters.orElseGet(TreeMap::new), ignored.orElse(List.of()), maintenance);
  }

  private Optional<Policy.Roles> roles(Located found) {
    return reader.oneOf(found, Policy.Roles.values());
  }

  private Optional<Long> size(Located found) {
    return reader.parsed(found, "an amount of WAL, such as 16MB", ByteSizes::parse);
  }

  private Optional<Duration> duration(Located found) {
    return reader.parsed(found, "a duration such as 30m or 2h", Durations::parse);
  }

  private SortedMap<String, String> severities(Located found) {
    var severities = new TreeMap<String, String>();
    reader.map(found, "a map of kinds of drift and their severities");
    found
        .entries()
        .forEach(
            (name, entry) -> {
              if (isKind(name, entry.place())) {
                reader
                    .oneOf(entry, Code.BAD_VALUE, words.severities(), it -> it)
                    .ifPresent(word -> severities.put(name, word));
              }
            });
    return severities;
  }

  private SortedMap<String, Policy.Rating> clusters(Located found) {
    var clusters = new TreeMap<String, Policy.Rating>();
    reader.map(found, "a map of clusters");
    found
        .entries()
        .forEach(
            (name, entry) -> {
              warnIfUndeclared(name, entry);
              rating(entry).ifPresent(rating -> clusters.put(name, rating));
            });
    return clusters;
  }

  private Optional<Policy.Rating> rating(Located found) {
    return reader
        .map(found, "a map with roles, severity, max_lag or max_pause")
        .map(map -> reader.onlyKeys(map, "roles", "severity", "max_lag", "max_pause"))
        .map(
            map ->
                new Policy.Rating(
                    map.find("roles").flatMap(this::roles),
                    map.find("severity").map(this::severities).orElseGet(TreeMap::new),
                    map.find("max_lag").flatMap(this::size),
                    map.find("max_pause").flatMap(this::duration)));
  }

  private List<IgnoreRule> rules(Located list) {
    return reader.list(list, "a list of rules").stream()
        .flatMap(item -> rule(item).stream())
        .toList();
  }

  private Optional<IgnoreRule> rule(Located item) {
    if (reader.map(item, "a rule: a map with kind, owner, reason and until").isEmpty()) {
      return Optional.empty();
    }
    reader.onlyKeys(item, "kind", "cluster", "instance", "part", "owner", "reason", "until");
    var kind =
        reader
            .requiredText(item, "kind", "a kind of drift")
            .filter(name -> isKind(name, item.placeOf("kind")));
    var where =
        new IgnoreRule.Where(
            reader.textAt(item, "cluster").orElse("*"),
            reader.textAt(item, "instance"),
            reader.textAt(item, "part"));
    var owner = owner(item);
    var reason = reader.requiredText(item, "reason", "the reason why it is accepted");
    var until = until(item);
    if (kind.isEmpty() || owner.isEmpty() || reason.isEmpty() || until.isEmpty()) {
      return Optional.empty();
    }
    warnIfNowhere(where, item);
    return Optional.of(new IgnoreRule(kind.get(), where, owner.get(), reason.get(), until.get()));
  }

  private boolean isKind(String name, Place place) {
    if (words.kinds().contains(name)) {
      return true;
    }
    problems.error(
        Code.BAD_VALUE,
        place,
        "a kind of drift",
        "unknown kind " + name + Suggestion.question(name, words.kinds()));
    return false;
  }

  private void warnIfNowhere(IgnoreRule.Where where, Located item) {
    if (inventory.clusters().stream().map(Cluster::name).noneMatch(where::isIn)) {
      problems.warn(
          Code.MATCHES_NOTHING,
          item.placeOf("cluster"),
          "the name of a declared cluster, or a pattern",
          where.cluster() + ", so this rule has no effect");
    }
  }

  /** The file of maintenance. If it is missing, nothing is under maintenance. */
  MaintenanceFile maintenance(Path file, SourceFiles sources) {
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
            .map(this::maintenance)
            .orElse(List.of()));
  }

  private List<Maintenance> maintenance(Located list) {
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
    var owner = owner(item);
    var reason = reader.requiredText(item, "reason", "the reason for the maintenance");
    var until = until(item);
    if (cluster.isEmpty() || owner.isEmpty() || reason.isEmpty() || until.isEmpty()) {
      return Optional.empty();
    }
    if (warnIfUndeclared(cluster.get(), item.find("cluster").orElse(item))) {
      instance.ifPresent(name -> warnIfNoMember(cluster.get(), name, item));
    }
    return Optional.of(
        new Maintenance(cluster.get(), instance, until.get(), owner.get(), reason.get()));
  }

  private Optional<String> owner(Located item) {
    return reader.requiredText(item, "owner", "the responsible person or team");
  }

  private Optional<Instant> until(Located item) {
    return reader
        .required(item, "until", Code.BAD_VALUE, END)
        .flatMap(found -> reader.parsed(found, END, Times::parseEnd));
  }

  /** Whether it is declared. A cluster that was removed must not fail a load. */
  private boolean warnIfUndeclared(String cluster, Located found) {
    var names = inventory.clusters().stream().map(Cluster::name).toList();
    if (names.contains(cluster)) {
      return true;
    }
    problems.warn(
        Code.MATCHES_NOTHING,
        found.place(),
        "the name of a declared cluster",
        cluster + ", so this has no effect" + Suggestion.question(cluster, names));
    return false;
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
