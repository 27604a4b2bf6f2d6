package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.metrics.MetricFamily;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.text.Runbook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is generated from {@code grafana/alerts.yml} is as it lies there, and all is spoken of. */
class AlertGoldenTest {
  private static final AlertSource SOURCE = AlertSource.read();

  private static Map<String, String> generated() {
    var files = new LinkedHashMap<String, String>();
    files.put(
        "prometheus/rules/pgtopo.yml", AlertYaml.write("", AlertRules.PLAIN.groups(SOURCE, "15s")));
    files.put(
        "prometheus/rules/pgtopo-pigsty.yml",
        AlertYaml.write(
            "# For Pigsty, instead of pgtopo.yml: /infra/rules/pgtopo.yml\n",
            AlertRules.PIGSTY.groups(SOURCE, "15s")));
    files.put(
        "prometheus/rules/pgtopo-kubernetes.yml",
        AlertYaml.write("", AlertRules.kubernetes(SOURCE)));
    files.put("prometheus/tests/kinds.yml", AlertYaml.write("", AlertKindTests.of(SOURCE)));
    files.put(
        "alerting/pgtopo.yml",
        AlertYaml.write(
            "# /etc/grafana/provisioning/alerting/pgtopo.yml, if Prometheus cannot be given the rules. Not beside them: each alert would be told twice.\n",
            AlertGrafana.provisioning(SOURCE)));
    return files;
  }

  @TestFactory
  Stream<DynamicTest> every_generated_file_is_as_kept() {
    return generated().entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        Golden.assertEqual(
                            AlertSource.FOLDER.resolve(file.getKey()), file.getValue())));
  }

  @Test
  void every_kind_of_drift_has_an_alert_or_a_reason_for_none() throws IOException {
    var named =
        AlertSource.kindsNamedIn(Files.readString(AlertSource.FOLDER.resolve("alerts.yml")))
            .toList();
    var kinds = Stream.of(DriftKind.values()).map(DriftKind::label).toList();

    assertThat(kinds.stream().filter(kind -> !named.contains(kind)))
        .as(
            "Kinds of drift with neither an alert nor a reason for none. Add \"  KIND: {}\" under"
                + " kinds in grafana/alerts.yml, or a reason under without, and run this test"
                + " with -Dupdate.golden=true")
        .isEmpty();
    assertThat(named).doesNotHaveDuplicates().isSubsetOf(kinds);
  }

  @Test
  void a_kind_needs_no_more_than_its_name() throws IOException {
    var text =
        Files.readString(AlertSource.FOLDER.resolve("alerts.yml"))
            .replaceFirst("  slot_lost:\n.*\n", "  slot_lost: {}\n");

    var alert =
        AlertSource.parse(text, Runbook.packed()).alerts().stream()
            .filter(it -> it.name().equals("PgtopoSlotLost"))
            .findFirst()
            .orElseThrow();

    assertThat(alert.pace()).isEqualTo(new AlertSource.Pace("2m", "3m"));
    assertThat(alert.words().summary()).isEqualTo("{{ or $labels.ins $labels.cls }}: slot lost");
    assertThat(alert.words().description())
        .isEqualTo("A slot has lost WAL that it should have kept.");
    assertThat(alert.words().runbook()).isEqualTo("drift.md#slot_lost");
  }

  @Test
  void every_alert_has_its_runbook() throws IOException {
    for (var alert : SOURCE.alerts()) {
      var place = alert.words().runbook().split("#", 2);
      var document = Files.readString(Path.of("..", "docs", place[0]));
      var headings =
          matches("^## (.+)$", document)
              .map(heading -> heading.toLowerCase(Locale.ROOT))
              .collect(Collectors.toSet());

      assertThat(headings).as(alert.name()).contains(place[1]);
      assertThat(alert.words().description()).as(alert.name()).isNotBlank();
    }
  }

  @Test
  void every_cause_is_a_kind() {
    var kinds = Stream.of(DriftKind.values()).map(DriftKind::label).toList();
    for (var alert : SOURCE.alerts()) {
      assertThat(kinds)
          .as(alert.name())
          .containsAll(alert.causes().cluster())
          .containsAll(alert.causes().instance())
          .containsAll(alert.causes().upstream());
    }
  }

  @Test
  void every_metric_that_a_rule_names_exists() throws IOException {
    var exposed =
        Stream.of(MetricFamily.values())
            .map(MetricFamily::exposed)
            .collect(Collectors.toCollection(TreeSet::new));
    for (var file : generated().values()) {
      // A recorded series has a colon before or behind.
      var named =
          matches("(?<![\\w:/-])(pgtopo_[a-z_]+)(?![\\w:])", file)
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(exposed).containsAll(named);
    }
    var source = Files.readString(AlertSource.FOLDER.resolve("alerts.yml"));
    var recorded =
        matches("(\\b\\w+:pgtopo_\\w+:\\w+)", source)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(SOURCE.records().keySet()).containsAll(recorded);
  }

  @Test
  void grafana_finds_no_dollar_sign_that_it_would_take_for_a_variable() {
    assertThat(AlertYaml.write("", AlertGrafana.provisioning(SOURCE))).doesNotContain("$");
    assertThat(SOURCE.alerts().stream().map(AlertSource.Alert::uid)).doesNotHaveDuplicates();
  }

  private static Stream<String> matches(String pattern, String text) {
    Function<MatchResult, String> first = match -> match.group(1);
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(first);
  }
}
