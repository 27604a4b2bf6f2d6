package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  private static final Path ROOT = Path.of("/");

  @Test
  void a_program_reads_its_input_and_its_output_is_returned() {
    assertThat(Command.run(ROOT, List.of("cat"), "a\nb\n")).isEqualTo("a\nb\n");
  }

  @Test
  void a_failure_quotes_what_the_program_said() {
    assertThatThrownBy(() -> Command.run(ROOT, List.of("sh", "-c", "echo no room >&2; exit 3")))
        .isInstanceOf(LabException.class)
        .hasMessage("sh -c echo no room >&2; exit 3 ended with code 3: no room");
  }

  @Test
  void a_signal_to_a_process_that_is_gone_is_no_failure() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();

    Command.signal("TERM", List.of(gone.pid()));

    assertThat(gone.isAlive()).isFalse();
  }
}
