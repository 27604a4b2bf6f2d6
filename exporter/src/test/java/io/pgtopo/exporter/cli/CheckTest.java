package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  private static final Path BROKEN = Path.of("src", "test", "resources", "declared", "broken.yml");
  private static final Path FAULTS = Path.of("..", "config", "src", "test", "resources", "faults");
  private static final Path SOUND = Path.of("..", "config", "examples", "cascade.yml");

  @TempDir private Path folder = Path.of("");

  private final Shell shell = new Shell();

  @TestFactory
  Stream<DynamicTest> each_form_of_a_broken_inventory_is_as_kept() {
    return Stream.of("text", "json", "sarif", "github")
        .map(
            format ->
                DynamicTest.dynamicTest(
                    format,
                    () -> {
                      var run = new Shell();

                      assertThat(run.run("check", "--format", format, BROKEN.toString())).isOne();
                      Golden.assertEqual("check-broken." + format + ".txt", run.out());
                    }));
  }

  @Test
  void each_prepared_fault_exits_with_1_and_a_line_of_what_is_wanted_and_found()
      throws IOException {
    var base = Files.readString(FAULTS.resolve("base.yml"));
    var changes =
        Files.readAllLines(FAULTS.resolve("faults.txt")).stream()
            .filter(line -> line.contains(" => "))
            .map(line -> line.split(" => ", 2))
            .toList();
    var file = folder.resolve("pigsty.yml");

    for (var change : changes) {
      Files.writeString(file, base.replace(change[0], change[1]));
      var run = new Shell();

      assertThat(run.run("check", file.toString())).as(change[1]).isOne();
      assertThat(run.out())
          .as(change[1])
          .containsPattern(
              "error: " + Pattern.quote(file.toString()) + ":\\d+: .*wanted .*\\. Found: .");
    }
    assertThat(changes).hasSizeGreaterThan(60);
  }

  @Test
  void a_valid_inventory_exits_with_0_and_lists_the_files() {
    assertThat(shell.run("check", SOUND.toString())).isZero();

    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).isEqualTo("1 file, 1 cluster, 3 instances: 0 errors, 0 warnings\n");
  }

  @Test
  void warnings_fail_only_with_strict() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("pigsty.yml"),
            """
            all:
              children:
                pg-test:
                  hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary, pg_wieght: 7 } }
                  vars: { pg_cluster: pg-test, pg_cluster: pg-test }
            """);

    assertThat(shell.run("check", file.toString())).isZero();
    assertThat(shell.out()).startsWith("warning: ").contains("[DUPLICATE_KEY]");
    assertThat(new Shell().run("check", "--strict", file.toString())).isOne();
  }

  @Test
  void an_inventory_of_something_else_names_the_command_that_generates_one() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("hosts.yml"), "all: { hosts: { a: { ansible_host: 10.0.0.1 } } }\n");

    assertThat(shell.run("check", file.toString())).isOne();
    assertThat(shell.out())
        .contains("wanted hosts with pg_cluster, pg_seq and pg_role")
        .contains("Found: none (hosts that were read: 1); 'pgtopo discover --from SERVER'");
    var diff = new Shell();
    assertThat(diff.run("diff", "--inventory", file.toString())).isEqualTo(2);
    assertThat(diff.err()).contains("hosts.yml").doesNotContain("no server answered");
  }

  @Test
  void what_pigsty_refuses_is_an_error_and_is_watched_all_the_same() throws IOException {
    var file =
        Files.writeString(
                folder.resolve("pigsty.yml"),
                """
                all:
                  children:
                    pg-two:
                      hosts:
                        10.10.10.11: { pg_seq: 1, pg_role: primary }
                        10.10.10.12: { pg_seq: 2, pg_role: primary }
                      vars: { pg_cluster: pg-two }
                    pg-none:
                      hosts: { 10.10.10.13: { pg_seq: 1, pg_role: replica } }
                      vars: { pg_cluster: pg-none }
                """)
            .toString();

    assertThat(shell.run("check", file)).isOne();
    assertThat(shell.out())
        .contains("error: ", "pg-two-1 and pg-two-2", "[MULTI_PRIMARY]", "[NO_PRIMARY]");
    assertThat(shell.err()).isEqualTo("1 file, 2 clusters, 3 instances: 2 errors, 0 warnings\n");
    assertThat(new Shell().run("inventory", "--inventory", file)).isZero();
  }

  @Test
  void settings_are_linted_with_the_inventory_that_they_name() throws IOException {
    Files.copy(SOUND, folder.resolve("cascade.yml"));
    var settings =
        Files.writeString(
            folder.resolve("pgtopo.yml"), "inventory: [ cascade.yml ]\nintervall: 5s\nlisten: x\n");

    assertThat(shell.run("check", settings.toString())).isOne();

    assertThat(shell.out())
        .contains("pgtopo.yml:2: intervall: ", "did you mean interval?", "pgtopo.yml:3: listen: ");
    assertThat(shell.err()).isEqualTo("2 errors, 0 warnings\n");
  }

  @Test
  void an_unreadable_file_exits_with_2() {
    assertThat(shell.run("check", folder.toString())).isEqualTo(2);
    assertThat(shell.out()).contains("Found: a directory");

    assertThat(new Shell().run("check", folder.resolve("none.yml").toString())).isEqualTo(2);
    assertThat(new Shell().run("check")).isEqualTo(2);
  }

  @Test
  void sarif_is_json_of_its_version() throws JsonProcessingException {
    assertThat(shell.run("check", "--format", "sarif", SOUND.toString())).isZero();

    var sarif = new ObjectMapper().readTree(shell.out());
    assertThat(sarif.at("/version").asText()).isEqualTo("2.1.0");
    assertThat(sarif.at("/runs/0/results").isArray()).isTrue();
    assertThat(sarif.at("/runs/0/results")).isEmpty();
  }
}
