package io.pgtopo.exporter.alerts;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an alert says, in the template language of Prometheus, which vmalert has too. */
final class AlertText {
  private static final List<String> PLACES = List.of("cls", "ins", "part", "instance");

  private static final Pattern BY = Pattern.compile("by \\(([^)]+)\\)");

  private AlertText() {}

  /** The sentence of the kind, its proof as far as metrics show it, and since when. */
  static String description(AlertSource.Alert alert) {
    var words = alert.words();
    return words.description()
        + words.proof().map(AlertText::proof).orElse("")
        + alert.kind().map(kind -> parts(alert, kind) + since(alert, kind)).orElse("")
        + advice(alert);
  }

  /** How to read the runbook where no browser is. */
  private static String advice(AlertSource.Alert alert) {
    return alert.kind().map(kind -> " What to do: pgtopo explain " + kind).orElse("");
  }

  private static String proof(AlertSource.Proof proof) {
    return "{{ with %s | query }} %s{{ range $i, $_ := .%s }}{{ if $i }};{{ end }} %s{{ end }}.{{ end }}"
        .formatted(query(proof.query()), proof.intro(), sorted(proof.query()), proof.say());
  }

  /** In the order of the labels that the query ends in: each sort leaves equals as they were. */
  private static String sorted(String query) {
    var by = BY.matcher(query);
    return by.find()
        ? Stream.of(by.group(1).split(", ", -1))
            .map(" | sortByLabel \"%s\""::formatted)
            .reduce("", (done, label) -> label + done)
        : "";
  }

  /** What there is of the kind, where one alert speaks of all. */
  private static String parts(AlertSource.Alert alert, String kind) {
    return alert.per() == AlertSource.Per.CLUSTER
        ? proof(
            new AlertSource.Proof(
                "Found:",
                "max by (ins, part) (pgtopo_drift{cls=<cls>,kind=\"%s\",state=\"firing\"})"
                    .formatted(kind),
                "{{ or .Labels.part .Labels.ins \"the cluster\" }}"))
        : "";
  }

  private static String since(AlertSource.Alert alert, String kind) {
    var of =
        alert.per() == AlertSource.Per.CLUSTER ? "cls=<cls>" : "cls=<cls>,ins=<ins>,part=<part>";
    return "{{ with %s | query }} Since {{ . | first | value | humanizeTimestamp }}.{{ end }}"
        .formatted(
            query("min(pgtopo_drift_since_timestamp_seconds{kind=\"%s\",%s})".formatted(kind, of)));
  }

  /** Quotes the labels of the alert into a query. */
  private static String query(String query) {
    var format = query;
    for (var place : PLACES) {
      format = format.replace("<" + place + ">", "%[" + (PLACES.indexOf(place) + 1) + "]q");
    }
    return format.equals(query)
        ? "`%s`".formatted(query)
        : "printf `%s` $labels.cls $labels.ins $labels.part $labels.instance".formatted(format);
  }

  /** Where to look further. */
  static String dashboard(AlertSource.Alert alert, String grafana, String dot) {
    var cls = "var-cls={{ %slabels.cls | urlquery }}".formatted(dot);
    var ins = "var-ins={{ %slabels.ins | urlquery }}".formatted(dot);
    return switch (alert.words().dashboard()) {
      case "by subject" ->
          alert.per() == AlertSource.Per.CLUSTER
              ? grafana + "/d/pgtopo-cluster?" + cls
              : "%s/d/{{ if %slabels.ins }}pgtopo-instance{{ else }}pgtopo-cluster{{ end }}?%s{{ if %slabels.ins }}&%s{{ end }}"
                  .formatted(grafana, dot, cls, dot, ins);
      case "cluster" -> grafana + "/d/pgtopo-cluster?" + cls;
      case "agent" ->
          alert.about().labels().contains("instance")
              ? grafana
                  + "/d/pgtopo-agent?var-instance={{ %slabels.instance | urlquery }}".formatted(dot)
              : grafana + "/d/pgtopo-agent";
      case String other -> throw new IllegalArgumentException("alerts.yml: no dashboard " + other);
    };
  }

  /** A template with the labels of one alert in the place of their names. */
  static String filled(String template, Map<String, String> labels) {
    var text = template;
    for (var label : labels.entrySet()) {
      text = text.replace("{{ $labels.%s }}".formatted(label.getKey()), label.getValue());
    }
    return text;
  }
}
