package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.reading.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands at the wrong depth is told with the place where it belongs. */
class IndentationTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'all:\n  children:\n    pg:\n      pg_cluster: pg\n'"
            + " | the key \"pg_cluster\"; Ansible ignores it with everything below;"
            + " a variable belongs below vars:, indented further",
        "'all:\n  children:\n    pg:\n      hosts:\n      10.0.0.1: { pg_seq: 1 }\n'"
            + " | the key \"10.0.0.1\"; Ansible ignores it with everything below;"
            + " a host belongs below hosts:, indented further",
        "'all:\n  children:\n  pg:\n    hosts:\n      10.0.0.1: { pg_seq: 1 }\n'"
            + " | the key \"pg\"; Ansible ignores it with everything below;"
            + " a group belongs below children:, indented further",
        "'all:\n  children:\n    pg:\n    hosts:\n      10.0.0.1: { pg_seq: 1 }\n'"
            + " | a group of this name; indent it further, below the name of its group",
        "'all:\n  children:\n    pg:\n      other: { a: 1 }\n'"
            + " | the key \"other\"; Ansible ignores it with everything below",
      })
  void a_key_at_the_wrong_depth_is_told_with_where_it_belongs(String text, String found) {
    assertThat(refused(directory, text))
        .extracting(Problem::message)
        .anyMatch(message -> message.endsWith("Found: " + found));
  }

  @Test
  void a_variable_in_a_misplaced_section_is_not_to_be_moved_by_itself() {
    assertThat(refused(directory, "all:\n  children:\n    pg:\n    vars:\n      pg_cluster: pg\n"))
        .extracting(Problem::message)
        .noneMatch(message -> message.contains("belongs below vars:"));
  }
}
