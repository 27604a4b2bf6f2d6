package io.pgtopo.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards by the types of Grafana's own schema, compiled; Node.js must be on the PATH. */
@Timeout(300)
class BoardTypesIT {
  @TempDir private Path folder;

  @Test
  void the_types_of_three_releases_of_grafana_hold() throws IOException, InterruptedException {
    NodeProgram.install();

    var outcome =
        NodeProgram.run(
            "check/types.mjs", Boards.files().stream().map(Path::toString).toArray(String[]::new));

    assertThat(outcome).isEqualTo(new NodeProgram.Outcome(0, "", ""));
  }

  @Test
  void what_no_release_knows_does_not_compile() throws IOException, InterruptedException {
    NodeProgram.install();
    var board = (ObjectNode) Boards.named("fleet").json();
    ((ObjectNode) board.at("/panels/0/options")).put("colourMode", "background");
    ((ObjectNode) board.at("/panels/1/fieldConfig/defaults/color")).put("mode", "tresholds");
    var file = folder.resolve("wrong.json");
    Boards.JSON.writeValue(file.toFile(), board);

    var outcome = NodeProgram.run("check/types.mjs", file.toString());

    assertThat(outcome.status()).isOne();
    assertThat(outcome.out())
        .contains("Grafana 10: wrong_json.ts", "Grafana 12: ", "Grafana 13: ")
        .contains("'\"colourMode\"' does not exist", "'\"tresholds\"' is not assignable");
  }

  @Test
  void the_shipped_files_are_what_the_sources_make() throws IOException, InterruptedException {
    var outcome = NodeProgram.run("source/make.mjs", folder.toString());

    assertThat(outcome).isEqualTo(new NodeProgram.Outcome(0, "", ""));
    for (var file : Boards.files()) {
      assertThat(folder.resolve(file.getFileName())).hasSameTextualContentAs(file);
    }
    try (var made = Files.list(folder)) {
      assertThat(made).hasSameSizeAs(Boards.files());
    }
  }
}
