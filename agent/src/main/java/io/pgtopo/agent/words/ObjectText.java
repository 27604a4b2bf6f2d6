package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.observation.Survey;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Drifts of databases and roles in words. */
final class ObjectText {
  private ObjectText() {}

  /** What is declared, field by field, in the inventory's words. */
  static String declared(ObjectDrift drift) {
    return fields(drift, Difference::declared);
  }

  /** What is there, field by field. */
  static String live(ObjectDrift drift) {
    return fields(drift, Difference::live);
  }

  private static String fields(ObjectDrift drift, Function<Difference, String> side) {
    return drift.differences().stream()
        .map(
            difference ->
                difference.isAboutState()
                    ? side.apply(difference)
                    : difference.path() + " " + Difference.printable(side.apply(difference)))
        .collect(Collectors.joining(", "));
  }

  /**
   * Who said so, and when.
   *
   * @param witness its name and address
   */
  static List<String> proof(ObjectDrift drift, String witness) {
    var when =
        drift
            .witness()
            .facts()
            .survey()
            .ifSeen()
            .map(Survey::readAt)
            .map(at -> ": its catalogs were read at " + at + " by its clock")
            .orElse("");
    return List.of(witness + ", the primary, says so" + when);
  }
}
