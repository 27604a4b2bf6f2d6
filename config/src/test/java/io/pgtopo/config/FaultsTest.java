package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is an error that names its line. */
class FaultsTest {
  private static final Path FAULTS = Path.of(file("../faults"));
  private static final Path EXPECTED = FAULTS.resolve("faults.problems");

  /** Where a claim says on which line its problem is: otherwise on the changed one. */
  private static final Pattern LINE = Pattern.compile("@(?<line>\\d+)$");

  @TempDir Path directory;

  /** One inventory with one fault. */
  private record Fault(String claim, String text, int line) {}

  @Test
  void an_inventory_without_a_fault_has_no_problem() throws IOException {
    assertThat(problems(base())).isEmpty();
  }

  @Test
  void every_fault_is_an_error_on_its_line() throws IOException {
    var found = new ArrayList<String>();
    var softly = new SoftAssertions();
    for (var fault : faults()) {
      var problems = problems(fault.text());
      found.add("=== " + fault.claim());
      problems.forEach(it -> found.add(it.level() + " " + it.code() + " " + shown(it)));

      softly
          .assertThat(problems)
          .as(fault.claim())
          .anySatisfy(
              problem -> {
                assertThat(problem.level()).isEqualTo(Problem.Level.ERROR);
                assertThat(problem.line()).isEqualTo(fault.line());
                assertThat(problem.message()).startsWith("wanted ").contains(". Found: ");
              });
    }
    softly.assertAll();
    if (Boolean.getBoolean("update.golden")) {
      Files.write(EXPECTED, found);
    }

    assertThat(found).containsExactlyElementsOf(Files.readAllLines(EXPECTED));
    assertThat(faults()).hasSizeGreaterThan(60);
  }

  private String shown(Problem problem) {
    return (problem.line() + ": " + problem.path() + ": " + problem.message())
        .replace(directory + "/", "");
  }

  private List<Problem> problems(String text) {
    try {
      return Fixtures.loadText(directory, text).warnings();
    } catch (InvalidConfigException refused) {
      return refused.problems();
    }
  }

  private static String base() throws IOException {
    return Files.readString(FAULTS.resolve("base.yml"));
  }

  private static List<Fault> faults() throws IOException {
    var faults = new ArrayList<Fault>();
    var base = base();
    var claim = "";
    for (var line : Files.readAllLines(FAULTS.resolve("faults.txt"))) {
      if (line.startsWith("=== ")) {
        claim = line.substring("=== ".length());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        var change = line.split(" => ", 2);
        assertThat(base).as(claim).containsOnlyOnce(change[0]);
        var at = base.indexOf(change[0]);
        var number = 1 + (int) base.substring(0, at).chars().filter(c -> c == '\n').count();
        var stated = LINE.matcher(claim);
        faults.add(
            new Fault(
                claim,
                base.replace(change[0], change[1]),
                stated.find() ? Integer.parseInt(stated.group("line")) : number));
      }
    }
    return faults;
  }
}
