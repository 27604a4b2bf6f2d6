package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards before Grafana's own types and code; Node.js must be on the PATH. */
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

  /** Grafana paints a value that is not there in the colour of the lowest threshold. */
  @Test
  void a_value_that_is_not_there_is_grey_and_says_so() throws IOException, InterruptedException {
    NodeProgram.install();
    var stats = Boards.panels().stream().filter(panel -> panel.type().equals("stat")).toList();
    var asked = new ArrayList<Map<String, Object>>();
    stats.forEach(stat -> asked.add(Map.of("panel", stat.json(), "answers", Map.of())));

    var seen = NodeProgram.frames(folder, asked);

    assertThat(seen).hasSize(2 * stats.size());
    for (var i = 0; i < seen.size(); i++) {
      var stat = stats.get(i % stats.size());
      assertThat(seen.get(i).at("/nothing/color").asText())
          .as(stat.toString())
          .isEqualTo("#8F8F8F");
      assertThat(seen.get(i).at("/nothing/text").asText())
          .isEqualTo(stat.json().at("/fieldConfig/defaults/noValue").asText())
          .isNotBlank();
    }
  }
}
