package io.pgtopo.exporter.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.ChangesText;
import io.pgtopo.exporter.text.DiffJunit;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final SnapshotReport REPORT =
      SnapshotReport.of(World.lasting(Stories.primaryKilled()));

  private static SnapshotReport read(String json) {
    return Json.read(json, SnapshotReport.class).orElseThrow();
  }

  private static String text(SnapshotReport report) {
    return TreeText.render(report, Style.PLAIN)
        + DiffText.render(report, Style.PLAIN)
        + DiffJunit.render(report);
  }

  @TestFactory
  Stream<DynamicTest> what_is_written_is_read_again() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var report = SnapshotReport.of(story.getValue());

                      assertThat(read(Json.text(report))).isEqualTo(report);
                      assertThat(read(Json.line(report))).isEqualTo(report);
                    }));
  }

  @Test
  void a_key_of_a_newer_agent_is_ignored() throws JsonProcessingException {
    var json = MAPPER.readTree(Json.line(REPORT));
    json.findParents("name").forEach(object -> ((ObjectNode) object).put("brandNew", 1));
    json.findParents("kind").forEach(object -> ((ObjectNode) object).putObject("brandNew"));
    ((ObjectNode) json).putArray("brandNew");

    assertThat(read(json.toString())).isEqualTo(REPORT);
  }

  @Test
  void a_value_of_a_newer_agent_is_printed() {
    var json = Json.line(REPORT).replace("\"orphaned_replica\"", "\"brand_new\"");

    assertThat(text(read(json))).contains("brand_new");
  }

  @TestFactory
  Stream<DynamicTest> a_key_that_an_older_agent_does_not_send_is_treated_as_absent()
      throws JsonProcessingException {
    var keys = new TreeSet<String>();
    keys(MAPPER.readTree(Json.line(REPORT)), keys);
    keys.remove("topology");
    keys.remove("drift");
    return keys.stream()
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key,
                    () -> {
                      var json = MAPPER.readTree(Json.line(REPORT));
                      json.findParents(key).forEach(it -> ((ObjectNode) it).remove(key));

                      var report = read(json.toString());

                      text(report);
                      text(report.only("pg-test"::equals));
                      assertThat(Json.text(report)).isNotEmpty();
                    }));
  }

  private static void keys(JsonNode node, Set<String> keys) {
    node.fieldNames().forEachRemaining(keys::add);
    node.forEach(child -> keys(child, keys));
  }

  @Test
  void changes_of_an_older_agent_are_printed() {
    var report =
        Json.read("{\"changes\": [{\"kind\": \"promoted\"}, {}]}", ChangesReport.class)
            .orElseThrow();

    assertThat(ChangesText.render(report, Style.PLAIN)).contains("promoted  pgtopo");
  }

  @Test
  void what_is_no_record_is_empty() {
    assertThat(Json.read("<html>", SnapshotReport.class)).isEmpty();
    assertThat(Json.read("[]", SnapshotReport.class)).isEmpty();
    assertThat(Json.read("{\"endedAt\": \"yesterday\"}", SnapshotReport.class)).isEmpty();
  }
}
