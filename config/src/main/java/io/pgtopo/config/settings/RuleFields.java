package io.pgtopo.config.settings;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Times;
import io.pgtopo.config.reading.Value;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the fields that rules of a policy and maintenance have in common. */
final class RuleFields {
  private static final int MAX_EDITS = 3;
  private static final String END =
      "a time with its offset such as 2026-12-31T08:00:00Z, or a day such as 2026-12-31";

  private final Problems problems;
  private final Expected expected;
  private final Inventory inventory;

  RuleFields(Problems problems, Inventory inventory) {
    this.problems = problems;
    this.expected = new Expected(problems);
    this.inventory = inventory;
  }

  static Map<String, Located> entries(Located map) {
    var entries = new TreeMap<String, Located>();
    if (map.value() instanceof Value.Fields fields) {
      fields
          .fields()
          .forEach(
              (name, field) ->
                  entries.put(
                      name, new Located(field.value(), map.place().child(name, field.line()))));
    }
    return entries;
  }

  void only(Located map, String... keys) {
    entries(map)
        .forEach(
            (name, entry) -> {
              if (!List.of(keys).contains(name)) {
                problems.error(
                    Code.UNKNOWN_SETTING,
                    entry.place(),
                    "wanted one of "
                        + String.join(", ", keys)
                        + ". Found: an unknown key"
                        + meant(name, List.of(keys)));
              }
            });
  }

  Optional<String> word(Located found, List<String> allowed) {
    var wanted = "one of " + String.join(", ", allowed);
    var word = expected.text(found, wanted);
    if (word.isPresent() && !allowed.contains(word.get())) {
      return expected.unusable(found, wanted);
    }
    return word;
  }

  Optional<String> text(Located item, String key) {
    return item.find(key)
        .flatMap(found -> expected.text(found, "text"))
        .filter(text -> !text.isBlank());
  }

  Optional<String> required(Located item, String key, String wanted) {
    var text = text(item, key);
    if (text.isEmpty() && item.find(key).filter(RuleFields::isCollection).isEmpty()) {
      missing(item, key, wanted);
    }
    return text;
  }

  private static boolean isCollection(Located found) {
    return found.value() instanceof Value.Items || found.value() instanceof Value.Fields;
  }

  Optional<Instant> end(Located item) {
    var found = item.find("until");
    if (found.isEmpty()) {
      missing(item, "until", END);
      return Optional.empty();
    }
    var text = expected.text(found.get(), END);
    var end = text.flatMap(Times::parseEnd);
    return text.isPresent() && end.isEmpty() ? expected.unusable(found.get(), END) : end;
  }

  private void missing(Located item, String key, String wanted) {
    problems.error(
        Code.BAD_VALUE,
        item.place().child(key, item.place().line()),
        "wanted " + wanted + ". Found: nothing");
  }

  /** Whether it is declared. A cluster that went away must not refuse a load. */
  boolean warnIfUndeclared(String cluster, Place place) {
    var names = inventory.clusters().stream().map(Cluster::name).toList();
    if (names.contains(cluster)) {
      return true;
    }
    problems.warn(
        Code.MATCHES_NOTHING,
        place,
        "wanted the name of a declared cluster. Found: "
            + cluster
            + ", so this has no effect"
            + meant(cluster, names));
    return false;
  }

  static String meant(String word, Collection<String> candidates) {
    return Suggestion.of(word, candidates, MAX_EDITS)
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }
}
