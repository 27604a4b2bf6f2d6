package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What rules found in one cluster.
 *
 * @param evaluated the kinds that could be evaluated of each cluster and instance, whether a drift
 *     was found or not
 */
record Evaluation(List<Drift> drifts, Map<Subject, Set<DriftKind>> evaluated) {
  /** Nothing was found, and nothing could be evaluated. */
  static final Evaluation NOTHING = new Evaluation(List.of(), Map.of());

  Evaluation {
    drifts = List.copyOf(drifts);
    evaluated = Map.copyOf(evaluated);
  }

  /** One kind was evaluated of a subject. */
  static Evaluation of(DriftKind kind, Subject subject, Optional<Drift> drift) {
    return of(EnumSet.of(kind), subject, drift.stream().toList());
  }

  /** Some kinds were evaluated of a subject, except those that the drifts say are unverifiable. */
  static Evaluation of(Set<DriftKind> kinds, Subject subject, Collection<Drift> drifts) {
    return merged(Stream.of(new Evaluation(List.copyOf(drifts), Map.of(subject, kinds))));
  }

  /** Nothing could be evaluated, for a reason that a drift says. */
  static Evaluation unverifiable(DriftKind about, Subject subject, Reason reason) {
    return new Evaluation(List.of(new Drift.Unverifiable(about, subject, reason)), Map.of());
  }

  /**
   * All of them together. A kind that is unverifiable of a subject, or of a part of it, was not
   * evaluated of that subject, nor of its cluster as a whole.
   */
  static Evaluation merged(Stream<Evaluation> evaluations) {
    var drifts = new ArrayList<Drift>();
    var evaluated = new HashMap<Subject, Set<DriftKind>>();
    evaluations.forEach(
        evaluation -> {
          drifts.addAll(evaluation.drifts);
          evaluation.evaluated.forEach(
              (subject, kinds) ->
                  evaluated
                      .computeIfAbsent(subject, unused -> EnumSet.noneOf(DriftKind.class))
                      .addAll(kinds));
        });
    for (var drift : drifts) {
      if (drift instanceof Drift.Unverifiable unknown) {
        Stream.of(unknown.subject().whole(), unknown.subject().wholeCluster())
            .flatMap(subject -> Optional.ofNullable(evaluated.get(subject)).stream())
            .forEach(kinds -> kinds.remove(unknown.about()));
      }
    }
    return new Evaluation(drifts, evaluated);
  }

  /** All but one kind. */
  Evaluation without(DriftKind kind) {
    var others = new HashMap<Subject, Set<DriftKind>>();
    evaluated.forEach(
        (subject, kinds) -> {
          var rest = EnumSet.noneOf(DriftKind.class);
          rest.addAll(kinds);
          rest.remove(kind);
          others.put(subject, rest);
        });
    return new Evaluation(drifts.stream().filter(drift -> drift.kind() != kind).toList(), others);
  }

  /** Whether a kind could be evaluated of a subject. */
  boolean isEvaluated(DriftKind kind, Subject subject) {
    return evaluated.getOrDefault(subject, Set.of()).contains(kind);
  }
}
