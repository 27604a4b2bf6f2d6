package io.pgtopo.exporter.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.exporter.web.RequestFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Filters of a response; an empty list means everything.
 *
 * @param clusters names of declared clusters
 */
record Query(List<String> clusters, List<DriftKind> kinds, List<Severity> severities) {
  static final String CLUSTER = "cluster";
  static final String KIND = "kind";
  static final String SEVERITY = "severity";
  static final String PROMOTE = "promote";
  static final String LOSE = "lose";

  /**
   * Reads a query.
   *
   * @throws io.javalin.http.HttpResponseException if something in it does not exist
   */
  static Query of(Context ctx, Inventory inventory, String... parameters) {
    only(ctx, parameters);
    var clusters = ctx.queryParams(CLUSTER);
    var declared = inventory.clusters().stream().map(Cluster::name).toList();
    if (!declared.containsAll(clusters)) {
      throw new NotFoundResponse("no cluster of this name is declared");
    }
    return new Query(
        clusters,
        words(ctx, KIND, DriftKind.values(), DriftKind::label),
        words(ctx, SEVERITY, Severity.values(), Severity::label));
  }

  /** Fails for any other parameter: a misspelt filter must not look like an unfiltered response. */
  static void only(Context ctx, String... parameters) {
    if (!isReadable(ctx)) {
      throw new BadRequestResponse("the Content-Type must have no charset, or a known one");
    }
    var allowed = List.of(parameters);
    if (!allowed.containsAll(ctx.queryParamMap().keySet())) {
      throw new BadRequestResponse(
          allowed.isEmpty()
              ? "no parameters are allowed"
              : "unknown parameter; allowed: " + String.join(", ", allowed));
    }
  }

  private static boolean isReadable(Context ctx) {
    return Optional.ofNullable(ctx.header("Content-Type"))
        .filter(type -> !RequestFilter.isText(type))
        .isEmpty();
  }

  /** Whether a parameter is there that no request fails for. */
  static boolean has(Context ctx, String parameter) {
    return isReadable(ctx) && ctx.queryParam(parameter) != null;
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
                            new BadRequestResponse(
                                "%s must be one of %s"
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

  boolean includes(String cluster) {
    return clusters.isEmpty() || clusters.contains(cluster);
  }

  /** An unverifiable drift is selected with the kind that it is about. */
  boolean includes(JudgedDrift judged) {
    var kind = judged.drift().kind();
    var about = judged.drift() instanceof Drift.Unverifiable unknown ? unknown.about() : kind;
    return (kinds.isEmpty() || kinds.contains(kind) || kinds.contains(about))
        && (severities.isEmpty()
            || severities.contains(judged.severity())
            || severities.contains(about.severity()));
  }
}
