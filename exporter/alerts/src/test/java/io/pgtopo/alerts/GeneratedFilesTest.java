package io.pgtopo.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is generated from {@code grafana/alerts.yml} is up to date, and covers every kind. */
class GeneratedFilesTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final AlertTable TABLE = parse(read("grafana/alerts.yml"));

  private static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  private static AlertTable parse(String text) {
    return AlertTable.parse(text, read("docs/drift.md"));
  }

  @TestFactory
  Stream<DynamicTest> every_generated_file_is_up_to_date() {
    return new TreeMap<>(GenerateAlerts.files(TABLE))
        .entrySet().stream()
            .map(
                file ->
                    DynamicTest.dynamicTest(
                        file.getKey(),
                        () ->
                            assertThat(file.getValue())
                                .as("run ./mvnw -q -pl exporter/alerts -am compile exec:java")
                                .isEqualTo(read("grafana/" + file.getKey()))));
  }

  @Test
  void every_kind_of_drift_has_an_alert_or_a_reason_for_none() {
    var named =
        Stream.concat(
                TABLE.alerts().stream().filter(Alert::isDrift).map(Alert::kind),
                TABLE.without().keySet().stream())
            .toList();

    assertThat(named)
        .as(
            "Kinds of drift with neither an alert nor a reason for none, or with both. Add"
                + " \"  KIND: {}\" under kinds in grafana/alerts.yml, or a reason under without,"
                + " and generate the files")
        .containsExactlyInAnyOrderElementsOf(kinds().toList());
  }

  private static Stream<String> kinds() {
    return Stream.of(DriftKind.values()).map(DriftKind::label);
  }

  @Test
  void a_kind_needs_no_more_than_its_name() {
    var table =
        parse(read("grafana/alerts.yml").replaceFirst("  slot_lost:\n.*\n", "  slot_lost: {}\n"));

    var alert =
        table.alerts().stream()
            .filter(it -> it.alert().equals("PgtopoSlotLost"))
            .findFirst()
            .orElseThrow();

    assertThat(alert.hold()).isEqualTo("2m");
    assertThat(alert.keepFiringFor()).isEqualTo("3m");
    assertThat(alert.summary()).isEqualTo("{{ or $labels.ins $labels.cls }}: slot lost");
    assertThat(alert.description())
        .isEqualTo("A slot is invalidated, and its user cannot go on through it.");
    assertThat(alert.runbook()).isEqualTo("drift.md#slot_lost");
  }

  @Test
  void every_alert_has_its_runbook() {
    for (var alert : TABLE.alerts()) {
      var place = alert.runbook().split("#", 2);
      var headings =
          Pattern.compile("^## (.+)$", Pattern.MULTILINE)
              .matcher(read("docs/" + place[0]))
              .results()
              .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
              .collect(Collectors.toSet());

      assertThat(headings).as(alert.alert()).contains(place[1]);
      assertThat(alert.description()).as(alert.alert()).isNotBlank();
    }
  }

  @Test
  void every_alert_says_what_to_do_and_no_place_in_it_is_left_open() {
    assertThat(TABLE.alerts())
        .allSatisfy(
            alert ->
                assertThat(alert.action()).isNotBlank().doesNotContainPattern("(?<!\\{)\\{\\w"));
  }

  @Test
  void every_cause_is_a_kind() {
    for (var alert : TABLE.alerts()) {
      assertThat(alert.follows().keySet()).isSubsetOf("cluster", "instance", "judged");
      assertThat(kinds().toList())
          .as(alert.alert())
          .containsAll(alert.follows().values().stream().flatMap(it -> it.stream()).toList());
    }
  }

  @Test
  void grafana_finds_no_dollar_sign_that_it_would_take_for_a_variable() {
    var text = GenerateAlerts.files(TABLE).get("alerting/pgtopo.yml");
    var uids = Pattern.compile("uid: (pgtopo-.*)").matcher(text).results().map(it -> it.group(1));

    assertThat(text).doesNotContain("$");
    assertThat(uids).hasSameSizeAs(TABLE.alerts()).doesNotHaveDuplicates();
  }
}
