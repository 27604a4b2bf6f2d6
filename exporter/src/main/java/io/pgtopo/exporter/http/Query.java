package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Inventory;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What of an answer is asked for; an empty list means everything.
 *
 * @param clusters names of declared clusters
 */
record Query(List<String> clusters, List<DriftKind> kinds, List<Severity> severities) {
  static final String CLUSTER = "cluster";
  static final String KIND = "kind";
  static final String SEVERITY = "severity";

  /**
   * Reads a query.
   *
   * @throws BadRequest if it asks for what does not exist
   */
  static Query of(Context ctx, Inventory inventory, String... parameters) {
    only(ctx, parameters);
    var clusters = ctx.queryParams(CLUSTER);
    var declared = inventory.clusters().stream().map(Cluster::name).toList();
    if (!declared.containsAll(clusters)) {
      throw new BadRequest(HttpStatus.NOT_FOUND, "no cluster of this name is declared");
    }
    return new Query(
        clusters,
        words(ctx, KIND, DriftKind.values(), DriftKind::label),
        words(ctx, SEVERITY, Severity.values(), Severity::label));
  }

  /**
   * Fails if anything else is asked: a filter that is misspelt must not look like a full answer.
   */
  static void only(Context ctx, String... parameters) {
    var allowed = List.of(parameters);
    if (!allowed.containsAll(ctx.queryParamMap().keySet())) {
      throw new BadRequest(
          allowed.isEmpty()
              ? "no parameters are wanted"
              : "no other parameters are wanted than " + String.join(", ", allowed));
    }
  }

  private static <T> List<T> words(
      Context ctx, String parameter, T[] values, Function<T, String> label) {
    return ctx.queryParams(parameter).stream()
        .map(
            word ->
                Arrays.stream(values)
                    .filter(value -> label.apply(value).equals(word))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new BadRequest(
                                "wanted a %s of %s"
                                    .formatted(
                                        parameter,
                                        Arrays.stream(values)
                                            .map(label)
                                            .collect(Collectors.joining(", "))))))
        .toList();
  }

  boolean isEverything() {
    return clusters.isEmpty() && kinds.isEmpty() && severities.isEmpty();
  }

  boolean asksFor(String cluster) {
    return clusters.isEmpty() || clusters.contains(cluster);
  }

  /** What could not be judged is asked for with the kind that it is about. */
  boolean asksFor(JudgedDrift judged) {
    var kind = judged.drift().kind();
    var about = judged.drift() instanceof Drift.Unverifiable unknown ? unknown.about() : kind;
    return (kinds.isEmpty() || kinds.contains(kind) || kinds.contains(about))
        && (severities.isEmpty()
            || severities.contains(judged.severity())
            || severities.contains(about.severity()));
  }
}
