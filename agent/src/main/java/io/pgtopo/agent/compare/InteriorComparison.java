package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.ObjectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The schemas and extensions of databases against the declared ones. What is not declared is not
 * compared: an extension brings others, and a template brings what it has.
 */
final class InteriorComparison {
  private final SortedMap<String, Reading<DatabaseContents>> interiors;

  /**
   * A comparison.
   *
   * @param interiors by database; one that is not there is not inspected
   */
  InteriorComparison(SortedMap<String, Reading<DatabaseContents>> interiors) {
    this.interiors = interiors;
  }

  /** Why it is not known what is in a database that is inspected. */
  Optional<Reason> hidden(String database) {
    return interiors.get(database) instanceof Reading.Denied<DatabaseContents>(var reason)
        ? Optional.of(new Reason.Hidden(Reason.Hidden.What.DATABASE_CONTENTS, reason))
        : Optional.empty();
  }

  /** What is otherwise than declared in one of them. */
  List<Difference> differences(Database declared) {
    if (!(interiors.get(declared.name()) instanceof Reading.Seen<DatabaseContents>(var found))) {
      return List.of();
    }
    var differences = new ArrayList<Difference>();
    for (var schema : declared.contents().schemas()) {
      var owner =
          Optional.ofNullable(found.schemas().get(schema.name()))
              .map(DatabaseContents.Schema::owner);
      var path = "schemas." + schema.name();
      if (!isAsTold(path, schema.state(), owner.isPresent(), differences)) {
        continue;
      }
      schema.owner().ifPresent(wanted -> compare(path + ".owner", wanted, owner, differences));
    }
    for (var extension : declared.contents().extensions()) {
      var installed = Optional.ofNullable(found.extensions().get(extension.name()));
      var path = "extensions." + extension.name();
      if (!isAsTold(path, extension.state(), installed.isPresent(), differences)) {
        continue;
      }
      extension
          .schema()
          .ifPresent(
              wanted ->
                  compare(
                      path + ".schema",
                      wanted,
                      installed.map(DatabaseContents.Extension::schema),
                      differences));
      extension
          .version()
          .ifPresent(
              wanted ->
                  compare(
                      path + ".version",
                      wanted,
                      installed.map(DatabaseContents.Extension::version),
                      differences));
    }
    return differences;
  }

  /** Whether it is there and should be; if only one of both is true, that is the difference. */
  private static boolean isAsTold(
      String path, ObjectState state, boolean isThere, List<Difference> differences) {
    if (state.isPresent() != isThere) {
      differences.add(
          new Difference(
              path, state.isPresent() ? "present" : "absent", isThere ? "present" : "missing"));
      return false;
    }
    return isThere;
  }

  private static void compare(
      String path, String wanted, Optional<String> found, List<Difference> differences) {
    found
        .filter(it -> !it.equals(wanted))
        .ifPresent(it -> differences.add(new Difference(path, wanted, it)));
  }
}
