package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.RealServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the build makes of the commands for packages. */
class ManualIT {
  private static final Path GENERATED = Path.of("target", "generated");

  @Test
  void every_command_has_its_manual_page_with_its_options() throws IOException {
    for (var command : Cli.create(RealServers.context()).getSubcommands().entrySet()) {
      var page = Files.readString(GENERATED.resolve("man/pgtopo-" + command.getKey() + ".1"));

      assertThat(page).contains(".TH \"PGTOPO");
      command.getValue().getCommandSpec().options().stream()
          .map(option -> option.longestName().replace("-", "\\-"))
          .forEach(name -> assertThat(page).contains(name));
    }
  }

  @Test
  void a_shell_completes_every_command() throws IOException {
    var script = Files.readString(GENERATED.resolve("completion/pgtopo"));

    assertThat(Cli.create(RealServers.context()).getSubcommands().keySet())
        .allSatisfy(command -> assertThat(script).contains("_picocli_pgtopo_" + command + "()"));
  }
}
