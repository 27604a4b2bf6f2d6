package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.map;
import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The alerts as Grafana evaluates them itself, where rules cannot be added to Prometheus. */
final class GrafanaAlerting {
  private static final int MAX_UID_LENGTH = 40;

  private GrafanaAlerting() {}

  static Map<String, Object> provisioning(AlertTable table) {
    var rules = table.alerts().stream().map(alert -> rule(alert, table)).toList();
    return map(
        entry("apiVersion", 1),
        entry(
            "groups",
            List.of(
                map(
                    entry("orgId", 1),
                    entry("name", "pgtopo"),
                    entry("folder", "pgtopo"),
                    entry("interval", "30s"),
                    entry("rules", rules)))));
  }

  private static Map<String, Object> rule(Alert alert, AlertTable table) {
    var rule =
        map(
            entry("uid", uid(alert)),
            entry("title", alert.alert()),
            entry("condition", "C"),
            entry("data", List.of(query(alert, table), threshold())),
            entry("noDataState", "OK"),
            entry("execErrState", "Error"),
            // Grafana evaluates every 30 seconds: a shorter wait would be none.
            entry("for", alert.hold().equals("15s") ? "30s" : alert.hold()),
            entry("keepFiringFor", alert.keepFiringFor()),
            entry("missing_series_evals_to_resolve", 2));
    if (!alert.isDrift()) {
      rule.put("labels", Map.of("severity", alert.severity()));
    }
    rule.put(
        "annotations",
        map(
            entry("summary", template(alert.summary())),
            entry("description", alert.description()),
            entry("runbook_url", table.links().runbooks() + "/" + alert.runbook()),
            entry("dashboard_url", template(AlertText.dashboard(alert, table.links().grafana())))));
    rule.put("isPaused", false);
    return rule;
  }

  private static String uid(Alert alert) {
    var uid = alert.alert().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    if (uid.length() > MAX_UID_LENGTH) {
      throw new IllegalArgumentException(uid + " is too long for Grafana");
    }
    return uid;
  }

  private static Map<String, Object> query(Alert alert, AlertTable table) {
    var expression = AlertExpression.INLINE.of(alert, table.records());
    return map(
        entry("refId", "A"),
        entry("relativeTimeRange", map(entry("from", 300), entry("to", 0))),
        entry("datasourceUid", "prometheus"),
        entry(
            "model",
            map(
                entry("refId", "A"),
                entry("instant", true),
                entry("range", false),
                entry("expr", expression))));
  }

  private static Map<String, Object> threshold() {
    var evaluator = map(entry("type", "gt"), entry("params", List.of(0)));
    return map(
        entry("refId", "C"),
        entry("datasourceUid", "__expr__"),
        entry(
            "model",
            map(
                entry("refId", "C"),
                entry("type", "threshold"),
                entry("expression", "A"),
                entry("conditions", List.of(Map.of("evaluator", evaluator))))));
  }

  /** Without dollar signs, which would be taken for variables of the environment. */
  private static String template(String text) {
    return text.replace("$labels.", ".Labels.")
        .replace("{{ $value }}", "{{ humanize (index .Values \"A\").Value }}");
  }
}
