package io.pgtopo.config.settings;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.reading.ByteSizes;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads how drift is to be taken, and holds it against what is declared. */
public final class PolicyReader {
  private final Problems problems;
  private final Expected expected;
  private final DriftVocabulary words;
  private final Inventory inventory;
  private final RuleFields fields;

  public PolicyReader(Problems problems, DriftVocabulary words, Inventory inventory) {
    this.problems = problems;
    this.expected = new Expected(problems);
    this.words = words;
    this.inventory = inventory;
    this.fields = new RuleFields(problems, inventory);
  }

  /**
   * The policy.
   *
   * @param file what is noted in one of its own
   */
  public Policy read(Map<SettingKey, Located> values, Optional<MaintenanceFile> file) {
    var everywhere =
        new Policy.Rating(
            find(values, SettingKey.POLICY_ROLES).flatMap(this::roles),
            severities(find(values, SettingKey.POLICY_SEVERITY)),
            find(values, SettingKey.POLICY_MAX_LAG).flatMap(this::size));
    var clusters = new TreeMap<String, Policy.Rating>();
    find(values, SettingKey.POLICY_CLUSTERS).ifPresent(found -> clusters(found, clusters));
    var ignored = new ArrayList<IgnoreRule>();
    find(values, SettingKey.POLICY_IGNORE)
        .map(found -> expected.list(found, "a list of rules"))
        .orElse(List.of())
        .forEach(item -> rule(item).ifPresent(ignored::add));
    var maintenance =
        new ArrayList<>(
            new MaintenanceReader.Entries(problems, inventory)
                .read(find(values, SettingKey.MAINTENANCE)));
    file.ifPresent(noted -> maintenance.addAll(noted.entries()));
    return new Policy(everywhere, clusters, ignored, maintenance);
  }

  private static Optional<Located> find(Map<SettingKey, Located> values, SettingKey key) {
    return Optional.ofNullable(values.get(key));
  }

  private Optional<Policy.Roles> roles(Located found) {
    return fields
        .word(found, List.of("initial", "strict"))
        .map(word -> word.equals("strict") ? Policy.Roles.STRICT : Policy.Roles.INITIAL);
  }

  private Optional<Long> size(Located found) {
    var wanted = "an amount of WAL, such as 16MB";
    var text = expected.text(found, wanted);
    var size = text.map(ByteSizes::parse).orElse(OptionalLong.empty());
    return size.isEmpty() && text.isPresent()
        ? expected.unusable(found, wanted)
        : size.stream().boxed().findFirst();
  }

  private SortedMap<String, String> severities(Optional<Located> found) {
    var severities = new TreeMap<String, String>();
    found
        .flatMap(map -> expected.map(map, "a map of kinds of drift and their severities"))
        .ifPresent(
            map ->
                RuleFields.entries(map)
                    .forEach(
                        (name, entry) -> {
                          if (isKind(name, entry.place())) {
                            fields
                                .word(entry, words.severities())
                                .ifPresent(word -> severities.put(name, word));
                          }
                        }));
    return severities;
  }

  private void clusters(Located found, Map<String, Policy.Rating> clusters) {
    expected
        .map(found, "a map of clusters")
        .ifPresent(
            map ->
                RuleFields.entries(map)
                    .forEach(
                        (name, entry) -> {
                          fields.warnIfUndeclared(name, entry.place());
                          rating(entry).ifPresent(rating -> clusters.put(name, rating));
                        }));
  }

  private Optional<Policy.Rating> rating(Located found) {
    return expected
        .map(found, "a map with roles, severity or max_lag")
        .map(
            map -> {
              fields.only(map, "roles", "severity", "max_lag");
              return new Policy.Rating(
                  map.find("roles").flatMap(this::roles),
                  severities(map.find("severity")),
                  map.find("max_lag").flatMap(this::size));
            });
  }

  private Optional<IgnoreRule> rule(Located item) {
    var map = expected.map(item, "a rule: a map with kind, owner, reason and until");
    if (map.isEmpty()) {
      return Optional.empty();
    }
    fields.only(item, "kind", "cluster", "instance", "part", "owner", "reason", "until");
    var kind =
        fields
            .required(item, "kind", "a kind of drift")
            .filter(name -> isKind(name, item.find("kind").orElse(item).place()));
    var where =
        new IgnoreRule.Where(
            fields.text(item, "cluster").orElse("*"),
            fields.text(item, "instance"),
            fields.text(item, "part"));
    var owner = fields.required(item, "owner", "who answers for it");
    var reason = fields.required(item, "reason", "why it is accepted");
    var until = fields.end(item);
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
        "wanted a kind of drift. Found: an unknown one" + RuleFields.meant(name, words.kinds()));
    return false;
  }

  private void warnIfNowhere(IgnoreRule.Where where, Located item) {
    if (inventory.clusters().stream().map(Cluster::name).noneMatch(where::isIn)) {
      problems.warn(
          Code.MATCHES_NOTHING,
          item.find("cluster").orElse(item).place(),
          "wanted the name of a declared cluster, or a pattern of some. Found: "
              + where.cluster()
              + ", so this rule has no effect");
    }
  }
}
