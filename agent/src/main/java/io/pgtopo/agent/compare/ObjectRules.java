package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.ObjectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What databases and roles are judged by alike.
 *
 * @param type of the objects
 * @param missing the kind of one that is declared and not there
 * @param mismatch the kind of one that is there otherwise than declared
 * @param undeclared the kind of one that is there and not declared
 * @param witness the primary that said so
 */
record ObjectRules(
    Cluster cluster,
    Subject.Part.Type type,
    DriftKind missing,
    DriftKind mismatch,
    DriftKind undeclared,
    LiveInstance witness) {

  /** More of them are one drift: a cluster may have a role for each of its customers. */
  private static final int MOST_UNDECLARED = 20;

  /** So many of them are named. */
  private static final int NAMED = 5;

  /**
   * Of one declared object.
   *
   * @param entries what is declared of it; as Pigsty does, the last one has the last word
   * @param differences what each entry and what is there differ in; empty if it is not there
   */
  Optional<Drift> declared(
      String name, List<ObjectState> entries, Optional<List<List<Difference>>> differences) {
    var isWanted = entries.getLast().isPresent();
    if (differences.isEmpty()) {
      return isWanted
          ? Optional.of(drift(missing, name, List.of(state("present", "missing"))))
          : Optional.empty();
    }
    if (!isWanted) {
      return Optional.of(drift(mismatch, name, List.of(state("absent", "present"))));
    }
    var found = agreed(differences.get());
    return found.isEmpty() ? Optional.empty() : Optional.of(drift(mismatch, name, found));
  }

  /** Where several entries contradict each other, none of them is held against the server. */
  private static List<Difference> agreed(List<List<Difference>> byEntry) {
    var common = new ArrayList<>(byEntry.getLast());
    byEntry.forEach(common::retainAll);
    return common;
  }

  /**
   * Of what is not declared.
   *
   * @param found name and description of each, in order
   */
  Stream<Drift> undeclared(List<Undeclared> found) {
    if (found.size() <= MOST_UNDECLARED) {
      return found.stream()
          .map(one -> drift(undeclared, one.name(), List.of(state("nothing", one.description()))));
    }
    var names =
        found.stream()
            .limit(NAMED)
            .map(one -> Difference.printable(one.name()))
            .collect(Collectors.joining(", "));
    var all =
        "%d %ss: %s and %d more".formatted(found.size(), type.label(), names, found.size() - NAMED);
    return Stream.of(
        new ObjectDrift(undeclared, Subject.of(cluster), List.of(state("nothing", all)), witness));
  }

  /** One that is not declared. */
  record Undeclared(String name, String description) {}

  private Drift drift(DriftKind kind, String name, List<Difference> differences) {
    return new ObjectDrift(
        kind, Subject.of(cluster).part(type, Difference.printable(name)), differences, witness);
  }

  private static Difference state(String declared, String live) {
    return new Difference(Difference.STATE, declared, live);
  }
}
