package io.pgtopo.exporter.alerts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tests for promtool, the same for every kind of drift: what two agents see is one alert, not
 * before its time, with these labels and words, which stays a while, and keeps silent beside its
 * cause. They know the table and nothing of how rules are made of it.
 */
final class AlertKindTests {
  private static final Duration STEP = Duration.ofSeconds(15);
  private static final Duration BEGIN = Duration.ofMinutes(2);
  private static final List<String> AGENTS =
      List.of("job=\"pgtopo\",instance=\"a:8432\"", "job=\"pgtopo\",instance=\"b:8432\"");

  private final AlertSource source;

  private AlertKindTests(AlertSource source) {
    this.source = source;
  }

  static Map<String, Object> of(AlertSource source) {
    var tests = new AlertKindTests(source);
    var all = new ArrayList<Map<String, Object>>();
    for (var alert : source.alerts()) {
      if (alert.kind().isPresent()) {
        all.add(tests.inTime(alert));
        tests.addSilenced(alert, all);
      }
    }
    return AlertYaml.map(
        "rule_files", List.of("../rules/pgtopo.yml"), "evaluation_interval", "15s", "tests", all);
  }

  private Map<String, Object> inTime(AlertSource.Alert alert) {
    var kind = alert.kind().orElseThrow();
    var due = BEGIN.plus(duration(alert.pace().hold()));
    var end = due.plusMinutes(3);
    var over = end.plus(duration(alert.pace().keep()));
    var labels = labels(kind, alert.severity());
    var series = new ArrayList<Map<String, Object>>();
    for (var agent : AGENTS) {
      series.add(series("pgtopo_drift", agent, firing(labels), lasting("1", end)));
      series.add(series("pgtopo_drift_since_timestamp_seconds", agent, labels, lasting("60", end)));
    }
    var checks = new ArrayList<Map<String, Object>>();
    checks.add(check(due.minus(STEP), alert, nothing()));
    checks.add(check(due, alert, List.of(expected(alert, labels))));
    checks.add(check(over.minus(STEP), alert, List.of(expected(alert, labels))));
    checks.add(check(over, alert, nothing()));
    return test(kind + " in its time, once for two agents", series, checks);
  }

  /** Beside each of its causes. */
  private void addSilenced(AlertSource.Alert alert, List<Map<String, Object>> all) {
    var causes = alert.causes();
    causes.cluster().forEach(cause -> all.add(silenced(alert, cause, "pg-test-9", List.of())));
    causes.instance().forEach(cause -> all.add(silenced(alert, cause, "pg-test-3", List.of())));
    causes
        .upstream()
        .forEach(
            cause ->
                all.add(
                    silenced(
                        alert,
                        cause,
                        "pg-test-2",
                        List.of(
                            series(
                                "pgtopo_replication_link_declared",
                                AGENTS.getFirst(),
                                AlertYaml.map(
                                    "cls",
                                    "pg-test",
                                    "upstream",
                                    "pg-test-2",
                                    "downstream",
                                    "pg-test-3"),
                                "1x400")))));
  }

  private Map<String, Object> silenced(
      AlertSource.Alert alert, String cause, String at, List<Map<String, Object>> more) {
    var kind = alert.kind().orElseThrow();
    var series = new ArrayList<>(more);
    series.add(
        series("pgtopo_drift", AGENTS.getFirst(), firing(labels(kind, alert.severity())), "1x400"));
    var of = labels(cause, severity(cause));
    of.put("ins", at);
    series.add(series("pgtopo_drift", AGENTS.getLast(), firing(of), "1x400"));
    var late = duration(alert.pace().hold()).plusMinutes(5);
    return test(
        "%s is silent beside %s".formatted(kind, cause),
        series,
        List.of(check(late, alert, nothing())));
  }

  private String severity(String kind) {
    return source.alerts().stream()
        .filter(alert -> alert.kind().filter(kind::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("alerts.yml: no alert of " + kind))
        .severity();
  }

  private static Map<String, Object> labels(String kind, String severity) {
    return AlertYaml.map(
        "cls",
        "pg-test",
        "ins",
        "pg-test-3",
        "ip",
        "10.10.10.13",
        "part",
        "slot x",
        "kind",
        kind,
        "severity",
        severity);
  }

  private static Map<String, Object> firing(Map<String, Object> labels) {
    var firing = new LinkedHashMap<>(labels);
    firing.put("state", "firing");
    return firing;
  }

  /** It still says so while it outlives its metrics. */
  private Map<String, Object> expected(AlertSource.Alert alert, Map<String, Object> labels) {
    var kind = alert.kind().orElseThrow();
    var shown = new LinkedHashMap<>(labels);
    var found = "";
    if (alert.per() == AlertSource.Per.CLUSTER) {
      List.of("ins", "ip", "part").forEach(shown::remove);
      found = " Found: slot x.";
    }
    var board =
        alert.per() == AlertSource.Per.CLUSTER || alert.words().dashboard().equals("cluster")
            ? "/d/pgtopo-cluster?var-cls=pg-test"
            : "/d/pgtopo-instance?var-cls=pg-test&var-ins=pg-test-3";
    return AlertYaml.map(
        "exp_labels",
        shown,
        "exp_annotations",
        AlertYaml.map(
            "summary",
            alert
                .words()
                .summary()
                .replace("{{ or $labels.ins $labels.cls }}", "pg-test-3")
                .replace("{{ $labels.cls }}", "pg-test")
                .replace("{{ $labels.ins }}", "pg-test-3")
                .replace("{{ $labels.part }}", "slot x")
                .replace("{{ $value }}", "1"),
            "description",
            alert.words().description()
                + found
                + " Since 1970-01-01 00:01:00 +0000 UTC. What to do: pgtopo explain "
                + kind,
            "runbook_url",
            source.links().runbooks() + "/drift.md#" + kind,
            "dashboard_url",
            source.links().grafana() + board));
  }

  private static Map<String, Object> test(
      String name, List<Map<String, Object>> series, List<Map<String, Object>> checks) {
    return AlertYaml.map(
        "name", name, "interval", "15s", "input_series", series, "alert_rule_test", checks);
  }

  private static Map<String, Object> check(
      Duration at, AlertSource.Alert alert, List<Map<String, Object>> expected) {
    return AlertYaml.map(
        "eval_time", at.toSeconds() + "s", "alertname", alert.name(), "exp_alerts", expected);
  }

  private static Map<String, Object> series(
      String name, String agent, Map<String, Object> labels, String values) {
    var text = new StringBuilder(name).append('{').append(agent);
    labels.forEach((label, value) -> text.append(",%s=\"%s\"".formatted(label, value)));
    return AlertYaml.map("series", text.append('}').toString(), "values", values);
  }

  /** Nothing until the beginning, then a value until the end, when it is withdrawn. */
  private static String lasting(String value, Duration end) {
    return "_x%d %sx%d stale"
        .formatted(BEGIN.dividedBy(STEP), value, end.minus(BEGIN).dividedBy(STEP) - 1);
  }

  /** A list of its own each time: YAML would write one that is shared as a reference. */
  private static List<Map<String, Object>> nothing() {
    return new ArrayList<>();
  }

  static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }
}
