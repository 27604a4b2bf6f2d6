package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.Runbook;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunbookTest {
  private static final Runbook RUNBOOK = Runbook.packed();

  private static DriftEntry drift(String kind, String ins, String declared, String live) {
    return Json.read(
            """
            {"kind": "%s", "ins": "%s", "declared": "%s", "live": "%s"}"""
                .formatted(kind, ins, declared, live),
            DriftEntry.class)
        .orElseThrow();
  }

  @Test
  void every_kind_has_its_section_in_order_and_no_other_is_there() {
    assertThat(RUNBOOK.sections().keySet())
        .containsExactlyElementsOf(Stream.of(DriftKind.values()).map(DriftKind::label).toList());
  }

  @Test
  void every_section_has_its_severity_and_the_same_parts() {
    for (var kind : DriftKind.values()) {
      var section = RUNBOOK.sections().get(kind.label());
      var parts =
          Pattern.compile("^\\*\\*([^*]+)\\.\\*\\*", Pattern.MULTILINE)
              .matcher(section)
              .results()
              .map(match -> match.group(1))
              .toList();

      assertThat(section).startsWith("*" + kind.severity().label() + "*: ");
      assertThat(parts)
          .as(kind.label())
          .containsExactly(
              "Meaning", "Evidence", "Mistaken for", "Consequence", "What to do", "Hint");
    }
  }

  @Test
  void every_section_says_what_ends_it() {
    RUNBOOK
        .sections()
        .forEach(
            (kind, section) ->
                assertThat(section.split("\\*\\*Consequence", 2)[0])
                    .as(kind)
                    .containsPattern("(?s)Evidence.*\\b[Ii]t ends\\b"));
  }

  @Test
  void a_hint_names_what_it_is_about() {
    var drift = drift("role_mismatch", "pg-test-2", "replica", "primary");

    assertThat(RUNBOOK.hint(drift))
        .contains(
            "to keep it, declare pg_role: primary for pg-test-2; otherwise switch over (Patroni: patronictl switchover), while exactly one primary is seen");
  }

  @Test
  void no_hint_keeps_a_place_that_nothing_fills() {
    for (var kind : DriftKind.values()) {
      var drift = drift(kind.label(), "pg-test-2", "declared", "live");

      assertThat(RUNBOOK.hint(drift)).as(kind.label()).isPresent();
      assertThat(RUNBOOK.hint(drift).orElseThrow()).doesNotContain("{", "}", "`");
    }
  }

  @Test
  void a_kind_of_a_newer_agent_has_no_hint() {
    var drift = drift("brand_new", "pg-test-2", "a", "b");

    assertThat(RUNBOOK.hint(drift)).isEmpty();
  }

  @Test
  void a_section_is_printed_as_kept() {
    var shell = new Shell();

    assertThat(shell.run("explain", "multiple-primaries")).isZero();

    Golden.assertEqual("explain-multiple_primaries.txt", shell.out());
  }

  @Test
  void all_kinds_are_listed_within_80_columns() {
    var shell = new Shell();

    assertThat(shell.run("explain")).isZero();

    Golden.assertEqual("explain.txt", shell.out());
    assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void a_misspelt_kind_is_guessed() {
    var shell = new Shell();

    assertThat(shell.run("explain", "rolemismatch")).isEqualTo(2);

    assertThat(shell.err()).contains("did you mean role_mismatch?");
  }
}
