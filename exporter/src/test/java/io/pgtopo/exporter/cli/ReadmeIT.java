package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.RealServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The first screen of the README is what its command prints. */
class ReadmeIT {
  private static final Pattern COMMAND = Pattern.compile("```sh\\n\\./pgtopo (.*)\\n```");
  private static final Pattern OUTPUT = Pattern.compile("```\\n(pg-test(?s:.*?))```");

  /**
   * Identifiers, positions, addresses and times are those of the day, and so is where lines break.
   */
  private static String masked(String text) {
    return text.replaceAll("\\b\\d{15,}\\b", "SYSTEM")
        .replaceAll("\\b0/[0-9A-F]+", "LSN")
        .replaceAll("\\b127(\\.\\d+){2}(\\.\\d+):\\d+", "ADDRESS$2")
        .replaceAll("\\s+", " ")
        .replaceAll("since \\d{4}-\\S+Z \\(\\w+\\)", "since TIME")
        .strip();
  }

  @Test
  void the_command_prints_the_tree_and_the_diff() throws IOException {
    var readme = Files.readString(Path.of("..", "README.md"));
    var command = COMMAND.matcher(readme);
    var shown = OUTPUT.matcher(readme).results().map(match -> match.group(1)).toList();
    assertThat(command.find()).isTrue();
    assertThat(shown).hasSize(2);
    var out = new StringWriter();

    var status =
        Cli.create(RealServers.context())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(new StringWriter()))
            .execute(command.group(1).split(" ", -1));

    assertThat(status).as(out.toString()).isZero();
    var printed = masked(out.toString().replaceAll("(?m)^ {4}", ""));
    for (var block : shown) {
      assertThat(printed).contains(masked(block));
    }
  }
}
