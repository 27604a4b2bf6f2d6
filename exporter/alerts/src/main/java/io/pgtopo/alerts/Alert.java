package io.pgtopo.alerts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * One alert, by the keys of {@code grafana/alerts.yml}, with all defaults filled in.
 *
 * @param kind of drift; empty if the alert is about none, and has an expression of its own
 * @param about the labels of an alert without a kind
 * @param follows kinds of drift that silence it, under {@code cluster}, {@code instance} and {@code
 *     judged}: as the cause that the agent names
 * @param unless further expressions that silence it
 * @param severity the usual one: the label comes from the series
 * @param action what to do
 */
record Alert(
    String alert,
    String kind,
    Per per,
    List<String> about,
    String expr,
    Map<String, List<String>> follows,
    List<String> unless,
    @JsonProperty("for") String hold,
    String keepFiringFor,
    String severity,
    String summary,
    String description,
    List<Proof> proof,
    String action,
    String runbook,
    String dashboard) {

  /** What one alert about a kind of drift covers. */
  enum Per {
    SUBJECT,
    CLUSTER
  }

  /** Evidence that a template queries. */
  record Proof(String intro, String query, String say) {}

  boolean isDrift() {
    return !kind.isEmpty();
  }

  List<String> causes(String place) {
    return follows.getOrDefault(place, List.of());
  }
}
