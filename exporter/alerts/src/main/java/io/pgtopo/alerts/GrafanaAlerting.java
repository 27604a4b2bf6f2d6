package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.map;
import static io.pgtopo.alerts.YamlText.parse;
import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The alerts as Grafana evaluates them itself, where rules cannot be added to Prometheus. */
final class GrafanaAlerting {
  private static final int MAX_UID_LENGTH = 40;

  private static final String THRESHOLD =
      """
      refId: C
      datasourceUid: __expr__
      model:
        refId: C
        type: threshold
        expression: A
        conditions: [{evaluator: {type: gt, params: [0]}}]
      """;

  private GrafanaAlerting() {}

  static Map<String, Object> provisioning(AlertTable table) {
    var group = parse("{orgId: 1, name: pgtopo, folder: pgtopo, interval: 30s}");
    group.put("rules", table.alerts().stream().map(alert -> rule(alert, table)).toList());
    return map(entry("apiVersion", 1), entry("groups", List.of(group)));
  }

  private static Map<String, Object> rule(Alert alert, AlertTable table) {
    var rule =
        map(
            entry("uid", uid(alert)),
            entry("title", alert.alert()),
            entry("condition", "C"),
            entry("data", List.of(query(alert, table), parse(THRESHOLD))),
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
            entry("description", template(alert.description() + AlertText.step(alert))),
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
    var model = parse("{refId: A, instant: true, range: false}");
    model.put("expr", AlertExpression.INLINE.of(alert, table.records()));
    var query =
        parse("{refId: A, relativeTimeRange: {from: 300, to: 0}, datasourceUid: prometheus}");
    query.put("model", model);
    return query;
  }

  /** Without dollar signs, which would be taken for variables of the environment. */
  private static String template(String text) {
    return text.replace("$labels.", ".Labels.")
        .replace("{{ $value }}", "{{ humanize (index .Values \"A\").Value }}");
  }
}
