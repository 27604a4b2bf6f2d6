package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.SettingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentationTest {
  private final List<String> lines = Files.readAllLines(Path.of("../docs/configuration.md"));

  DocumentationTest() throws IOException {}

  @Test
  void every_setting_is_documented_with_type_default_and_variable_and_no_other_is() {
    var documented =
        lines.stream()
            .filter(line -> line.contains("| `PGTOPO_"))
            .map(line -> line.split("\\|", -1))
            .map(cells -> cells[1] + cells[2] + cells[3] + cells[5])
            .map(cells -> cells.replace("`", "").replaceAll("\\s+", " ").strip())
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(SettingKey.values())
                .map(
                    key ->
                        String.join(" ", key.path(), key.type(), key.defaultText(), key.variable()))
                .toList());
  }

  @Test
  void every_code_of_a_problem_is_documented_in_order() {
    var documented =
        lines.stream()
            .filter(line -> line.matches("\\| `[A-Z_]+` \\| .*"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(Arrays.stream(Problem.Code.values()).map(Enum::name).toList());
  }

  @Test
  void the_example_of_the_settings_shows_every_key() throws IOException {
    var example = Files.readString(Path.of("examples/pgtopo.yml"));

    assertThat(SettingKey.paths())
        .allSatisfy(
            path -> assertThat(example).contains(path.substring(path.indexOf('.') + 1) + ":"));
  }
}
