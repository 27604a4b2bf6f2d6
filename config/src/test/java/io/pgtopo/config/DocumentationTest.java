package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of docs/configuration.md. {@code -Dupdate.golden=true} writes them. */
class DocumentationTest {
  private static final Path FILE = Path.of("../docs/configuration.md");

  @Test
  void the_table_of_settings_is_that_of_the_code() throws IOException {
    assertTable(
        "| key | type | default | meaning |",
        Setting.rows().stream().map(Setting::documentation).toList());
  }

  @Test
  void the_table_of_problems_is_that_of_the_code() throws IOException {
    assertTable(
        "| code | what is wrong |",
        Stream.of(Problem.Code.values())
            .map(code -> "| `%s` | %s |".formatted(code, code.meaning()))
            .toList());
  }

  private static void assertTable(String header, List<String> rows) throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(FILE));
    var start = lines.indexOf(header) + 2;
    var end = start;
    while (lines.get(end).startsWith("|")) {
      end++;
    }
    var table = lines.subList(start, end);
    if (Boolean.getBoolean("update.golden")) {
      table.clear();
      table.addAll(rows);
      Files.write(FILE, lines);
    }

    assertThat(table).containsExactlyElementsOf(rows);
  }

  @Test
  void the_example_of_the_settings_shows_every_key() throws IOException {
    var example = Files.readString(Path.of("examples/pgtopo.yml"));

    assertThat(Setting.rows())
        .allSatisfy(
            row ->
                assertThat(example)
                    .contains(row.path().substring(row.path().indexOf('.') + 1) + ":"));
  }
}
