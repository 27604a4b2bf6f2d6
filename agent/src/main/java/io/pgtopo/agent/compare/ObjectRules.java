package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.ObjectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How databases and roles are compared alike.
 *
 * @param type of the objects
 * @param primary whose catalogs were read
 */
record ObjectRules(Cluster cluster, Subject.Part.Type type, LiveInstance primary) {

  /** More of them are one drift: a cluster may have a role for each of its customers. */
  private static final int MOST_UNDECLARED = 20;

  /**
   * Of one declared object.
   *
   * @param entries what is declared of it; as in Pigsty, the last one counts
   * @param differences between each entry and what is live; empty if it does not exist
   */
  Optional<Drift> declared(
      String name, List<ObjectState> entries, Optional<List<List<Difference>>> differences) {
    var isWanted = entries.getLast().isPresent();
    if (differences.isEmpty()) {
      return isWanted
          ? Optional.of(new ObjectDrift.Missing(cluster, type, name, primary))
          : Optional.empty();
    }
    if (!isWanted) {
      return Optional.of(new ObjectDrift.Unwanted(cluster, type, name, primary));
    }
    var found = agreed(differences.get());
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(new ObjectDrift.Mismatch(cluster, type, name, found, primary));
  }

  /** Where several entries contradict each other, none of them is held against the server. */
  private static List<Difference> agreed(List<List<Difference>> byEntry) {
    var common = new ArrayList<>(byEntry.getLast());
    byEntry.forEach(common::retainAll);
    return common;
  }

  /** Of what is not declared, in order: one drift each, unless there are too many. */
  <T> Stream<Drift> undeclared(List<T> found, Function<T, String> name, Function<T, Drift> drift) {
    return found.size() <= MOST_UNDECLARED
        ? found.stream().map(drift)
        : Stream.of(
            new ObjectDrift.ManyUndeclared(
                cluster, type, found.stream().map(name).toList(), primary));
  }
}
