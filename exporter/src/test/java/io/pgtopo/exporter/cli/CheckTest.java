package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  private static final Path BROKEN = Path.of("src", "test", "resources", "declared", "broken.yml");
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
