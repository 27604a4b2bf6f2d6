package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BrokenInventoryTest {
  private static final Path EXPECTED = Path.of(file("broken.problems"));

  private final InvalidConfigException refused =
      catchThrowableOfType(
          InvalidConfigException.class,
          () -> Config.load(Optional.empty(), List.of(file("broken.yml")), Map.of()));

  @Test
  void every_problem_is_reported_in_one_run() throws IOException {
    var found =
        refused.problems().stream()
            .map(problem -> problem.level() + " " + problem.code() + " " + problem)
            .toList();
    if (Boolean.getBoolean("update.golden")) {
      Files.write(EXPECTED, found);
    }

    assertThat(found).containsExactlyElementsOf(Files.readAllLines(EXPECTED));
  }

  @Test
  void every_problem_names_its_line_and_what_is_wanted_and_found() {
    assertThat(refused.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem.file()).isEqualTo(file("broken.yml"));
              assertThat(problem.line()).isPositive();
              assertThat(problem.message()).startsWith("wanted ").contains(". Found: ");
            });
  }

  @Test
  void a_warning_names_the_consequence() {
    assertThat(refused.problems())
        .filteredOn(problem -> problem.level() == Level.WARNING)
        .allSatisfy(problem -> assertThat(problem.message()).containsPattern("[;,] "));
  }

  @Test
  void no_problem_names_a_password() {
    assertThat(refused.getMessage()).doesNotContain("Sesame");
  }
}
