package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.testing.Launched;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process under limits of the operating system. */
@Timeout(60)
class LimitsTest {
  @Test
  void without_files_it_ends() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            "bash",
            "-c",
            "ulimit -n 40; exec \"$@\"",
            "limited",
            java,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            "--inventory",
            "src/test/resources/no_such_file.yml");

    var outcome = Launched.outcome(Launched.start(Map.of(), command));

    assertThat(outcome.status()).as(outcome.err()).isEqualTo(1);
  }
}
