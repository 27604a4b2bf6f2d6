package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.map;
import static io.pgtopo.alerts.YamlText.parse;
import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rules for Prometheus, in one group, so that alerts read what was recorded just before. */
enum PrometheusRules {
  PLAIN,
  /** With the labels of Pigsty's own rules; its Grafana is at {@code /ui}. */
  PIGSTY;

  /** A rule file. */
  Map<String, Object> groups(AlertTable table) {
    var rules = new ArrayList<Map<String, Object>>();
    table
        .records()
        .forEach(it -> rules.add(map(entry("record", it.record()), entry("expr", it.expr()))));
    table.alerts().forEach(alert -> rules.add(rule(alert, table)));
    var group = map(entry("name", "pgtopo"), entry("interval", "15s"), entry("rules", rules));
    return map(entry("groups", List.of(group)));
  }

  private Map<String, Object> rule(Alert alert, AlertTable table) {
    var grafana = this == PIGSTY ? "/ui" : table.links().grafana();
    var rule =
        map(
            entry("alert", alert.alert()),
            entry("expr", AlertExpression.RECORDED.of(alert, table.records())),
            entry("for", alert.hold()),
            entry("keep_firing_for", alert.keepFiringFor()));
    // The series of a drift has its severity as a label already.
    if (this == PIGSTY) {
      rule.put(
          "labels",
          map(
              entry("level", bySeverity(alert, "0", "1", "2")),
              entry("severity", bySeverity(alert, "CRIT", "WARN", "INFO")),
              entry("category", "pgsql")));
    } else if (!alert.isDrift()) {
      rule.put("labels", Map.of("severity", alert.severity()));
    }
    rule.put(
        "annotations",
        map(
            entry("summary", alert.summary()),
            entry("description", AlertText.description(alert)),
            entry("runbook_url", table.links().runbooks() + "/" + alert.runbook()),
            entry("dashboard_url", AlertText.dashboard(alert, grafana))));
    return rule;
  }

  private static String bySeverity(Alert alert, String critical, String warning, String info) {
    if (alert.isDrift()) {
      return "{{ if eq $labels.severity \"critical\" }}%s{{ else if eq $labels.severity \"warning\" }}%s{{ else }}%s{{ end }}"
          .formatted(critical, warning, info);
    }
    return switch (alert.severity()) {
      case "critical" -> critical;
      case "warning" -> warning;
      default -> info;
    };
  }

  /** The same for the operator of Prometheus in Kubernetes. */
  static Map<String, Object> kubernetes(AlertTable table) {
    var document =
        parse(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: pgtopo, labels: {prometheus: k8s, role: alert-rules}}
            """);
    document.put("spec", PLAIN.groups(table));
    return document;
  }
}
