package io.pgtopo.alerts;

import static io.pgtopo.alerts.YamlText.map;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgtopo.agent.drift.DriftKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/**
 * The table of all alerts, {@code grafana/alerts.yml}.
 *
 * @param alerts those about drift in the order of the kinds, then the others
 * @param without the kinds that have no alert of their own, and why
 */
record AlertTable(
    Links links, List<RecordingRule> records, List<Alert> alerts, Map<String, String> without) {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  /** The places that the links of an alert lead to. */
  record Links(String runbooks, String grafana) {}

  /** An expression, and the name that it is recorded under. */
  record RecordingRule(String record, String expr) {}

  private record Source(
      Links links,
      Map<String, Map<String, Object>> defaults,
      List<RecordingRule> records,
      Map<String, Map<String, Object>> kinds,
      Map<String, String> without,
      List<Map<String, Object>> others) {}

  /** The table of a checkout. */
  static AlertTable read(Path root) throws IOException {
    return parse(
        Files.readString(root.resolve("grafana/alerts.yml")),
        Files.readString(root.resolve("docs/drift.md")));
  }

  static AlertTable parse(String table, String runbook) {
    var source = MAPPER.convertValue(new Yaml().load(table), Source.class);
    var unknown = new ArrayList<>(source.kinds().keySet());
    var alerts = new ArrayList<Alert>();
    for (var kind : DriftKind.values()) {
      if (unknown.remove(kind.label())) {
        var defaults = ofKind(kind, runbook);
        defaults.putAll(source.defaults().getOrDefault(kind.severity().label(), Map.of()));
        alerts.add(alert(defaults, source.kinds().getOrDefault(kind.label(), Map.of())));
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("alerts.yml: no kinds of drift: " + unknown);
    }
    source.others().forEach(row -> alerts.add(alert(ofNoKind(row), row)));
    return new AlertTable(
        source.links(),
        source.records().stream()
            .map(it -> new RecordingRule(it.record(), it.expr().strip()))
            .toList(),
        List.copyOf(alerts),
        source.without());
  }

  private static Alert alert(Map<String, Object> defaults, Map<String, Object> row) {
    var all =
        new HashMap<String, Object>(
            Map.of("follows", Map.of(), "unless", List.of(), "proof", List.of()));
    all.putAll(defaults);
    all.putAll(row);
    return MAPPER.convertValue(all, Alert.class);
  }

  private static Map<String, Object> ofKind(DriftKind kind, String runbook) {
    var label = kind.label();
    return map(
        entry("alert", "Pgtopo" + camelCase(label)),
        entry("kind", label),
        entry("per", "subject"),
        entry("about", List.of()),
        entry("expr", ""),
        entry("severity", kind.severity().label()),
        entry("summary", "{{ or $labels.ins $labels.cls }}: " + label.replace('_', ' ')),
        entry("description", firstSentence(label, runbook)),
        entry("action", hint(label, runbook)),
        entry("runbook", "drift.md#" + label),
        entry("dashboard", "by subject"));
  }

  private static Map<String, Object> ofNoKind(Map<String, Object> row) {
    var isCluster = String.valueOf(row.get("about")).contains("cls");
    return map(
        entry("kind", ""),
        entry("per", "subject"),
        entry("runbook", "alerts.md#" + String.valueOf(row.get("alert")).toLowerCase(Locale.ROOT)),
        entry("dashboard", isCluster ? "cluster" : "agent"));
  }

  /** The paragraph after the severity: {@code *warning*: A member did not answer.} */
  private static String firstSentence(String kind, String runbook) {
    var paragraph =
        Pattern.compile("^## " + kind + "\\R+\\*\\w+\\*: ((?s).*?)\\R\\R", Pattern.MULTILINE)
            .matcher(runbook);
    return paragraph.find() ? paragraph.group(1).replaceAll("\\R", " ") : "";
  }

  /** The paragraph that {@code pgtopo diff} prints too: {@code **Hint.** start it again}. */
  private static String hint(String kind, String runbook) {
    var paragraph =
        Pattern.compile(
                "^## "
                    + kind
                    + "\\R(?:(?!^## )(?s:.))*?^\\*\\*Hint\\.\\*\\* ((?s:.*?))(\\R\\R|\\Z)",
                Pattern.MULTILINE)
            .matcher(runbook);
    return paragraph.find()
        ? paragraph
            .group(1)
            .strip()
            .replaceAll("\\R", " ")
            .replace("{subject}", "{{ or $labels.ins $labels.cls }}")
        : "";
  }

  private static String camelCase(String label) {
    return Stream.of(label.split("_", -1))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }
}
