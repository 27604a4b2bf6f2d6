package io.pgtopo.exporter.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The alerts as Grafana evaluates them itself, for whoever cannot give rules to Prometheus. */
final class AlertGrafana {
  private static final int LONGEST_UID = 40;

  private AlertGrafana() {}

  static Map<String, Object> provisioning(AlertSource source) {
    return AlertYaml.map(
        "apiVersion",
        1,
        "groups",
        List.of(
            AlertYaml.map(
                "orgId",
                1,
                "name",
                "pgtopo",
                "folder",
                "pgtopo",
                "interval",
                "30s",
                "rules",
                source.alerts().stream().map(alert -> rule(alert, source)).toList())));
  }

  /** A dollar sign would be taken for a variable of the environment, so the templates use none. */
  private static Map<String, Object> rule(AlertSource.Alert alert, AlertSource source) {
    if (alert.uid().length() > LONGEST_UID) {
      throw new IllegalArgumentException(alert.uid() + " is too long for Grafana");
    }
    var rule =
        AlertYaml.map(
            "uid",
            alert.uid(),
            "title",
            alert.name(),
            "condition",
            "C",
            "data",
            List.of(query(alert, source), threshold()),
            "noDataState",
            "OK",
            "execErrState",
            "Error",
            "for",
            hold(alert.pace().hold()),
            "keepFiringFor",
            alert.pace().keep(),
            "missing_series_evals_to_resolve",
            2);
    if (alert.kind().isEmpty()) {
      rule.put("labels", Map.of("severity", alert.severity()));
    }
    rule.put(
        "annotations",
        AlertYaml.map(
            "summary",
            dotted(alert.words().summary()),
            "description",
            alert.words().description(),
            "runbook_url",
            source.links().runbooks() + "/" + alert.words().runbook(),
            "dashboard_url",
            AlertText.dashboard(alert, source.links().grafana(), ".")
                .replace(".labels", ".Labels")));
    rule.put("isPaused", false);
    return rule;
  }

  /** It evaluates every 30 seconds: a shorter wait would be none. */
  private static String hold(String hold) {
    return hold.equals("15s") ? "30s" : hold;
  }

  private static Map<String, Object> query(AlertSource.Alert alert, AlertSource source) {
    return AlertYaml.map(
        "refId",
        "A",
        "relativeTimeRange",
        AlertYaml.map("from", 300, "to", 0),
        "datasourceUid",
        "prometheus",
        "model",
        AlertYaml.map(
            "refId",
            "A",
            "instant",
            true,
            "range",
            false,
            "expr",
            AlertExpression.WHOLE.of(alert, source.records())));
  }

  private static Map<String, Object> threshold() {
    return AlertYaml.map(
        "refId",
        "C",
        "datasourceUid",
        "__expr__",
        "model",
        AlertYaml.map(
            "refId",
            "C",
            "type",
            "threshold",
            "expression",
            "A",
            "conditions",
            List.of(
                AlertYaml.map(
                    "evaluator",
                    AlertYaml.map("type", "gt", "params", new ArrayList<>(List.of(0)))))));
  }

  private static String dotted(String template) {
    return template
        .replace("$labels.", ".Labels.")
        .replace("{{ $value }}", "{{ humanize (index .Values \"A\").Value }}");
  }
}
