package io.pgtopo.exporter.text;

import io.pgtopo.exporter.view.ClusterSummary;
import java.util.stream.Collectors;

/** What is to be thought of a cluster, in a line. */
final class VerdictText {
  private VerdictText() {}

  /** Its health and the reasons; empty for an agent that does not report it. */
  static String health(ClusterSummary cluster) {
    var causes =
        cluster.causes().stream()
            .map(it -> it.detail().isEmpty() ? it.code() : it.code() + " (" + it.detail() + ")")
            .distinct()
            .collect(Collectors.joining(", "));
    return cluster.health() + (causes.isEmpty() ? "" : ": " + causes);
  }

  /** Whether it is as declared, and its health; empty for an agent that does not report them. */
  static String both(ClusterSummary cluster) {
    return cluster.health().isEmpty()
        ? ""
        : "sync %s, health %s".formatted(cluster.sync(), health(cluster));
  }
}
