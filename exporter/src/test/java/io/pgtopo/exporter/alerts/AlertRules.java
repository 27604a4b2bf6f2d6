package io.pgtopo.exporter.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The alerts as rules of Prometheus, one after the other in a group, so that none reads records of
 * yesterday.
 */
enum AlertRules {
  /** As most write them. */
  PLAIN("") {
    @Override
    Map<String, Object> labels(AlertSource.Alert alert) {
      // That of a drift is a label of its series already.
      return alert.kind().isPresent() ? Map.of() : Map.of("severity", alert.severity());
    }
  },
  /** With the labels that Pigsty's own rules have, whose Grafana is below a path. */
  PIGSTY("/ui") {
    @Override
    Map<String, Object> labels(AlertSource.Alert alert) {
      return alert.kind().isPresent()
          ? AlertYaml.map(
              "level",
              byLabel("0", "1", "2"),
              "severity",
              byLabel("CRIT", "WARN", "INFO"),
              "category",
              "pgsql")
          : AlertYaml.map(
              "level",
              bySeverity(alert, "0", "1", "2"),
              "severity",
              bySeverity(alert, "CRIT", "WARN", "INFO"),
              "category",
              "pgsql");
    }
  };

  private final String path;

  AlertRules(String path) {
    this.path = path;
  }

  abstract Map<String, Object> labels(AlertSource.Alert alert);

  /** The groups of a rule file. */
  Map<String, Object> groups(AlertSource source, String interval) {
    var rules = new ArrayList<Map<String, Object>>();
    source
        .records()
        .forEach(
            (name, expression) -> rules.add(AlertYaml.map("record", name, "expr", expression)));
    source.alerts().forEach(alert -> rules.add(rule(alert, source)));
    return AlertYaml.document(
        "groups", List.of(AlertYaml.map("name", "pgtopo", "interval", interval, "rules", rules)));
  }

  private Map<String, Object> rule(AlertSource.Alert alert, AlertSource source) {
    var rule = new LinkedHashMap<String, Object>();
    rule.put("alert", alert.name());
    rule.put("expr", AlertExpression.RECORDED.of(alert, source.records()));
    rule.put("for", alert.pace().hold());
    rule.put("keep_firing_for", alert.pace().keep());
    if (!labels(alert).isEmpty()) {
      rule.put("labels", labels(alert));
    }
    rule.put(
        "annotations",
        AlertYaml.map(
            "summary",
            alert.words().summary(),
            "description",
            AlertText.description(alert),
            "runbook_url",
            source.links().runbooks() + "/" + alert.words().runbook(),
            "dashboard_url",
            AlertText.dashboard(alert, path.isEmpty() ? source.links().grafana() : path, "$")));
    return rule;
  }

  private static String byLabel(String critical, String warning, String info) {
    return "{{ if eq $labels.severity \"critical\" }}%s{{ else if eq $labels.severity \"warning\" }}%s{{ else }}%s{{ end }}"
        .formatted(critical, warning, info);
  }

  private static String bySeverity(
      AlertSource.Alert alert, String critical, String warning, String info) {
    return switch (alert.severity()) {
      case "critical" -> critical;
      case "warning" -> warning;
      default -> info;
    };
  }

  /** The same, as the operator of Prometheus in Kubernetes wants it. */
  static Map<String, Object> kubernetes(AlertSource source) {
    return AlertYaml.map(
        "apiVersion",
        "monitoring.coreos.com/v1",
        "kind",
        "PrometheusRule",
        "metadata",
        AlertYaml.map(
            "name", "pgtopo", "labels", AlertYaml.map("prometheus", "k8s", "role", "alert-rules")),
        "spec",
        PLAIN.groups(source, "15s"));
  }
}
