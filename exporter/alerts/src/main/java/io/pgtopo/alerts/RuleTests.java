package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.map;
import static io.pgtopo.alerts.YamlText.parse;
import static java.util.Map.entry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tests for promtool, the same for every kind of drift: two agents make one alert, not before its
 * time, with these labels and annotations; it outlives its series, and is silent beside its cause.
 * They are made from the table alone, not from the rules.
 */
record RuleTests(AlertTable table) {
  private static final Duration STEP = Duration.ofSeconds(15);
  private static final Duration BEGIN = Duration.ofMinutes(2);
  private static final String AGENT_A = "job=\"pgtopo\",instance=\"a:8432\"";
  private static final String AGENT_B = "job=\"pgtopo\",instance=\"b:8432\"";

  Map<String, Object> document() {
    var tests = new ArrayList<Map<String, Object>>();
    for (var alert : table.alerts()) {
      if (alert.isDrift()) {
        tests.add(fires(alert));
        tests.addAll(silenced("cluster", alert, "pg-test-9"));
        tests.addAll(silenced("instance", alert, "pg-test-3"));
        alert.causes("judged").forEach(cause -> tests.add(judged(alert, cause)));
      }
    }
    return map(
        entry("rule_files", List.of("../rules/pgtopo.yml")),
        entry("evaluation_interval", "15s"),
        entry("tests", tests));
  }

  private Map<String, Object> fires(Alert alert) {
    var due = BEGIN.plus(duration(alert.hold()));
    var end = due.plusMinutes(3);
    var over = end.plus(duration(alert.keepFiringFor()));
    var labels = labels(alert.kind(), alert.severity());
    var series = new ArrayList<Map<String, Object>>();
    for (var agent : List.of(AGENT_A, AGENT_B)) {
      series.add(series("pgtopo_drift", agent, firing(labels), lasting("1", end)));
      series.add(series("pgtopo_drift_since_timestamp_seconds", agent, labels, lasting("60", end)));
    }
    var expected = List.of(expected(alert, labels));
    return test(
        alert.kind() + " in its time, once for two agents",
        series,
        List.of(
            check(due.minus(STEP), alert, List.of()),
            check(due, alert, expected),
            check(over.minus(STEP), alert, expected),
            check(over, alert, List.of())));
  }

  private List<Map<String, Object>> silenced(String place, Alert alert, String instance) {
    return alert.causes(place).stream().map(cause -> silenced(alert, cause, instance)).toList();
  }

  /** The cause is pending only: what follows from it never pages first. */
  private static Map<String, Object> judged(Alert alert, String cause) {
    var labels = labels(alert.kind(), alert.severity());
    var caused = new LinkedHashMap<>(labels);
    caused.remove("severity");
    caused.put("cause", cause);
    caused.put("cause_ins", "pg-test-2");
    return test(
        "%s is silent while %s is open".formatted(alert.kind(), cause),
        List.of(
            series("pgtopo_drift", AGENT_A, firing(labels), "1x400"),
            series("pgtopo_drift_cause", AGENT_A, caused, "1x400")),
        List.of(check(duration(alert.hold()).plusMinutes(5), alert, List.of())));
  }

  private Map<String, Object> silenced(Alert alert, String cause, String instance) {
    var severity =
        table.alerts().stream()
            .filter(it -> it.kind().equals(cause))
            .map(Alert::severity)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("alerts.yml: no alert of " + cause));
    var causing = firing(labels(cause, severity));
    causing.put("ins", instance);
    var series = new ArrayList<Map<String, Object>>();
    series.add(
        series("pgtopo_drift", AGENT_A, firing(labels(alert.kind(), alert.severity())), "1x400"));
    series.add(series("pgtopo_drift", AGENT_B, causing, "1x400"));
    return test(
        "%s is silent beside %s".formatted(alert.kind(), cause),
        series,
        List.of(check(duration(alert.hold()).plusMinutes(5), alert, List.of())));
  }

  private static Map<String, Object> labels(String kind, String severity) {
    var labels = parse("{cls: pg-test, ins: pg-test-3, ip: 10.10.10.13, part: slot x}");
    labels.put("kind", kind);
    labels.put("severity", severity);
    return labels;
  }

  private static Map<String, Object> firing(Map<String, Object> labels) {
    var firing = new LinkedHashMap<>(labels);
    firing.put("state", "firing");
    return firing;
  }

  private Map<String, Object> expected(Alert alert, Map<String, Object> labels) {
    var shown = new LinkedHashMap<>(labels);
    var isPerCluster = alert.per() == Alert.Per.CLUSTER;
    if (isPerCluster) {
      List.of("ins", "ip", "part").forEach(shown::remove);
    }
    var description =
        "%s%s Since 1970-01-01 00:01:00 +0000 UTC. What to do: %s (pgtopo diff pg-test; pgtopo explain %s)"
            .formatted(
                alert.description(),
                isPerCluster ? " Found: slot x." : "",
                filled(alert.action(), isPerCluster),
                alert.kind());
    var board =
        isPerCluster || alert.dashboard().equals("cluster")
            ? "/d/pgtopo-cluster?var-cls=pg-test"
            : "/d/pgtopo-instance?var-cls=pg-test&var-ins=pg-test-3";
    return map(
        entry("exp_labels", shown),
        entry(
            "exp_annotations",
            map(
                entry("summary", filled(alert.summary(), isPerCluster)),
                entry("description", description),
                entry("runbook_url", table.links().runbooks() + "/drift.md#" + alert.kind()),
                entry("dashboard_url", table.links().grafana() + board))));
  }

  /** As the template does it. */
  private static String filled(String text, boolean isPerCluster) {
    return text.replace("{{ or $labels.ins $labels.cls }}", isPerCluster ? "pg-test" : "pg-test-3")
        .replace("{{ $labels.cls }}", "pg-test")
        .replace("{{ $labels.ins }}", "pg-test-3")
        .replace("{{ $labels.part }}", "slot x")
        .replace("{{ $value }}", "1");
  }

  private static Map<String, Object> test(
      String name, List<Map<String, Object>> series, List<Map<String, Object>> checks) {
    return map(
        entry("name", name),
        entry("interval", "15s"),
        entry("input_series", series),
        entry("alert_rule_test", checks));
  }

  private static Map<String, Object> check(
      Duration at, Alert alert, List<Map<String, Object>> expected) {
    return map(
        entry("eval_time", at.toSeconds() + "s"),
        entry("alertname", alert.alert()),
        entry("exp_alerts", expected));
  }

  private static Map<String, Object> series(
      String name, String agent, Map<String, Object> labels, String values) {
    var selector = new StringBuilder(agent);
    labels.forEach((label, value) -> selector.append(",%s=\"%s\"".formatted(label, value)));
    return map(entry("series", "%s{%s}".formatted(name, selector)), entry("values", values));
  }

  /** Absent until the beginning, then a value until the end, then stale. */
  private static String lasting(String value, Duration end) {
    return "_x%d %sx%d stale"
        .formatted(BEGIN.dividedBy(STEP), value, end.minus(BEGIN).dividedBy(STEP) - 1);
  }

  private static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }
}
