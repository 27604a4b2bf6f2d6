package io.pgtopo.config.settings;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Times;
import io.pgtopo.config.reading.ValueReader;
import java.time.Instant;
import java.util.Optional;

/** Reads what rules of a policy and maintenance have in common. */
final class RuleFields {
  private static final String END =
      "a time with its offset such as 2026-12-31T08:00:00Z, or a day such as 2026-12-31";

  private final Problems problems;
  private final ValueReader reader;
  private final Inventory inventory;

  RuleFields(Problems problems, Inventory inventory) {
    this.problems = problems;
    this.reader = new ValueReader(problems);
    this.inventory = inventory;
  }

  Optional<String> owner(Located item) {
    return reader.requiredText(item, "owner", "the responsible person or team");
  }

  Optional<Instant> until(Located item) {
    return reader
        .required(item, "until", Code.BAD_VALUE, END)
        .flatMap(found -> reader.parsed(found, END, Times::parseEnd));
  }

  /** Whether it is declared. A cluster that was removed must not fail a load. */
  boolean warnIfUndeclared(String cluster, Located found) {
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
}
