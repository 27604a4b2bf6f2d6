package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.testing.Shell;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KindsTest {
  private static List<String> kinds() {
    return Stream.of(DriftKind.values()).map(DriftKind::label).toList();
  }

  @Test
  void the_table_has_every_kind_with_its_severity_and_meaning() {
    var shell = new Shell(List.of());

    assertThat(shell.run("kinds")).isZero();

    assertThat(shell.out().lines().filter(line -> !line.startsWith(" ")))
        .hasSameSizeAs(kinds())
        .allMatch(line -> line.matches("\\w+ +(critical|warning|info|unknown) +\\S.*"));
  }

  @Test
  void json_has_every_kind_in_order() throws JsonProcessingException {
    var shell = new Shell(List.of());

    assertThat(shell.run("kinds", "--format", "json")).isZero();

    var rows = new ObjectMapper().readTree(shell.out());
    assertThat(rows.findValuesAsText("kind")).isEqualTo(kinds());
    assertThat(rows.findValuesAsText("meaning")).hasSameSizeAs(kinds()).doesNotContain("");
  }
}
