package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.config.model.Role;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is wrong with a database or a role, in English. */
final class ObjectText {
  /** How many of many undeclared ones are named. */
  private static final int NAMED = 5;

  /** What an interrupted {@code DROP DATABASE} leaves in {@code datconnlimit}. */
  private static final String INVALID = "-2";

  private final FactText facts;

  ObjectText(FactText facts) {
    this.facts = facts;
  }

  Wording of(ObjectDrift drift) {
    return switch (drift) {
      case ObjectDrift.Missing missing -> wording("present", "missing", drift);
      case ObjectDrift.Unwanted unwanted -> wording("absent", "present", drift);
      case ObjectDrift.Mismatch mismatch ->
          wording(
              fields(mismatch, Difference::declared), fields(mismatch, ObjectText::live), drift);
      case ObjectDrift.UndeclaredDatabase undeclared ->
          wording(DriftText.NOT_DECLARED, "present, owner " + undeclared.live().owner(), drift);
      case ObjectDrift.UndeclaredRole undeclared ->
          wording(
              DriftText.NOT_DECLARED,
              Stream.concat(
                      Stream.of("present"),
                      undeclared.live().attributes().stream().map(Role.Attribute::label))
                  .collect(Collectors.joining(", ")),
              drift);
      case ObjectDrift.ManyUndeclared many ->
          wording(
              DriftText.NOT_DECLARED,
              "%d %ss: %s and %d more"
                  .formatted(
                      many.names().size(),
                      many.type().label(),
                      many.names().stream().limit(NAMED).collect(Collectors.joining(", ")),
                      many.names().size() - NAMED),
              drift);
    };
  }

  private static String fields(ObjectDrift.Mismatch drift, Function<Difference, String> side) {
    return drift.differences().stream()
        .map(it -> it.path() + " " + side.apply(it))
        .collect(Collectors.joining(", "));
  }

  private static String live(Difference difference) {
    return difference.path().equals("connlimit") && difference.live().equals(INVALID)
        ? INVALID + " (invalid since an interrupted DROP DATABASE)"
        : difference.live();
  }

  private Wording wording(String declared, String live, ObjectDrift drift) {
    var readAt =
        drift
            .primary()
            .facts()
            .survey()
            .ifSeen()
            .map(Survey::readAt)
            .map(at -> ", read at %s by its clock".formatted(at));
    return new Wording(
        declared,
        live,
        List.of(
            "catalogs of the primary, "
                + facts.nameAndAddress(drift.primary().endpoint())
                + readAt.orElse("")));
  }
}
