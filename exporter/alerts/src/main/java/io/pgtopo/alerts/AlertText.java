package io.pgtopo.alerts;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The annotations of an alert, in the template language of Prometheus and vmalert. */
final class AlertText {
  private static final List<String> LABELS = List.of("cls", "ins", "part", "instance");

  private static final Pattern BY = Pattern.compile("by \\(([^)]+)\\)");

  private AlertText() {}

  /** What is wrong, its evidence, since when, and what to do. */
  static String description(Alert alert) {
    return "%s%s%s%s What to do: %s"
        .formatted(
            alert.description(),
            alert.proof() == null ? "" : evidence(alert.proof()),
            alert.per() == Alert.Per.CLUSTER ? parts(alert.kind()) : "",
            alert.isDrift() ? since(alert) : "",
            alert.action());
  }

  private static String evidence(Alert.Proof proof) {
    return "{{ with %s | query }} %s{{ range $i, $_ := .%s }}{{ if $i }};{{ end }} %s{{ end }}.{{ end }}"
        .formatted(query(proof.query()), proof.intro(), sorted(proof.query()), proof.say());
  }

  /** By the labels that the query ends in: each sort is stable, so the last label comes first. */
  private static String sorted(String query) {
    var by = BY.matcher(query);
    return by.find()
        ? Stream.of(by.group(1).split(", ", -1))
            .map(" | sortByLabel \"%s\""::formatted)
            .reduce("", (later, label) -> label + later)
        : "";
  }

  /** All drifts of the kind in the cluster, where one alert covers them. */
  private static String parts(String kind) {
    return evidence(
        new Alert.Proof(
            "Found:",
            "max by (ins, part) (pgtopo_drift{cls=<cls>,kind=\"%s\",state=\"firing\"})"
                .formatted(kind),
            "{{ or .Labels.part .Labels.ins \"the cluster\" }}"));
  }

  private static String since(Alert alert) {
    var subject =
        alert.per() == Alert.Per.CLUSTER ? "cls=<cls>" : "cls=<cls>,ins=<ins>,part=<part>";
    return "{{ with %s | query }} Since {{ . | first | value | humanizeTimestamp }}.{{ end }}"
        .formatted(
            query(
                "min(pgtopo_drift_since_timestamp_seconds{kind=\"%s\",%s})"
                    .formatted(alert.kind(), subject)));
  }

  /** Quotes the labels of the alert into a query. */
  private static String query(String query) {
    var format = query;
    for (var label : LABELS) {
      format = format.replace("<" + label + ">", "%[" + (LABELS.indexOf(label) + 1) + "]q");
    }
    return format.equals(query)
        ? "`%s`".formatted(query)
        : "printf `%s` $labels.cls $labels.ins $labels.part $labels.instance".formatted(format);
  }

  /** The dashboard of what the alert is about. */
  static String dashboard(Alert alert, String grafana) {
    var cluster = "/d/pgtopo-cluster?var-cls={{ $labels.cls | urlquery }}";
    var agent =
        alert.about().contains("instance")
            ? "/d/pgtopo-agent?var-instance={{ $labels.instance | urlquery }}"
            : "/d/pgtopo-agent";
    return grafana
        + switch (alert.dashboard()) {
          case "by subject" ->
              alert.per() == Alert.Per.CLUSTER
                  ? cluster
                  : "/d/{{ if $labels.ins }}pgtopo-instance{{ else }}pgtopo-cluster{{ end }}?var-cls={{ $labels.cls | urlquery }}{{ if $labels.ins }}&var-ins={{ $labels.ins | urlquery }}{{ end }}";
          case "cluster" -> cluster;
          case "agent" -> agent;
          case String other ->
              throw new IllegalArgumentException("alerts.yml: no dashboard " + other);
        };
  }
}
