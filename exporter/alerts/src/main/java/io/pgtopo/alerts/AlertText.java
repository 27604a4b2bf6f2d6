package io.pgtopo.alerts;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The annotations of an alert, in the template language of Prometheus and vmalert. */
final class AlertText {
  private static final List<String> LABELS = List.of("cls", "ins", "part", "instance");

  private static final Pattern BY = Pattern.compile("by \\(([^)]+)\\)");

  private AlertText() {}

  /** What is wrong, its evidence, since when, and what to do. */
  static String description(Alert alert) {
    return "%s%s%s%s%s%s"
        .formatted(
            alert.description(),
            alert.proof().stream().map(AlertText::evidence).collect(Collectors.joining()),
            alert.per() == Alert.Per.CLUSTER ? parts(alert.kind()) : "",
            alert.isDrift() ? since(alert) : "",
            alert.isDrift() ? agents(alert) : "",
            step(alert));
  }

  /** What to do. */
  static String step(Alert alert) {
    return " What to do: " + alert.action() + runbook(alert);
  }

  /** Where the whole story is, and the runbook, in the program and in its package. */
  private static String runbook(Alert alert) {
    return alert.isDrift()
        ? " (pgtopo diff {{ $labels.cls }}; pgtopo explain %s)".formatted(alert.kind())
        : " Runbook: /usr/share/pgtopo/docs/" + alert.runbook().replaceFirst("#.*", "");
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

  private static String subject(Alert alert) {
    return alert.per() == Alert.Per.CLUSTER ? "cls=<cls>" : "cls=<cls>,ins=<ins>,part=<part>";
  }

  /** How many of the agents that watch the cluster report it, where there are several. */
  private static String agents(Alert alert) {
    var watching = query("count(pgtopo_cluster_instances{cls=<cls>,state=\"declared\"}) > 1");
    var reporting =
        query(
            "count(count without (ins, ip, part, severity) (pgtopo_drift{kind=\"%s\",%s,state=\"firing\"}))"
                .formatted(alert.kind(), subject(alert)));
    return "{{ with %s | query }}{{ $agents := . | first | value }}".formatted(watching)
        + "{{ with %s | query }} Seen by {{ . | first | value }} of {{ $agents }} agents.{{ end }}{{ end }}"
            .formatted(reporting);
  }

  private static String since(Alert alert) {
    return "{{ with %s | query }} Since {{ . | first | value | humanizeTimestamp }}.{{ end }}"
        .formatted(
            query(
                "min(pgtopo_drift_since_timestamp_seconds{kind=\"%s\",%s})"
                    .formatted(alert.kind(), subject(alert))));
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
