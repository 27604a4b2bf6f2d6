package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Printable;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.json.SarifJson;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style.Colours;
import io.pgtopo.exporter.text.Style.Glyphs;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.InventoryReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever text a server or an agent puts into a report, no output has it raw. */
class HostileTextTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A kind of each: ESC, BEL, CR, LF, DEL, C1, both directions, isolates, no width, a tag. */
  private static final String HOSTILE =
      "\u001b[2J\u0007\r\n\u007f\u0085\u009b1m\u202e\u2066\u200b\u200f\u2028\ufeff\ud800"
          + Character.toString(0xe0041);

  private static final Style COLOURED = new Style(Glyphs.UNICODE, Colours.ON);

  private static void assertPrintable(String text) {
    var own = text.replaceAll("\u001b\\[\\d+m", "");
    assertThat(own).isEqualTo(Printable.lines(own));
  }

  private static Stream<DynamicTest> eachStory(Consumer<SnapshotReport> claim) {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(), () -> claim.accept(SnapshotReport.of(story.getValue()))));
  }

  /** The report with hostile text in each of its texts, one after the other. */
  private static <T> List<T> spoilt(T report, Class<T> type) {
    try {
      var tree = MAPPER.readTree(Json.line(report));
      var places = new ArrayList<Consumer<Function<String, String>>>();
      collect(tree, places);
      var reports = new ArrayList<T>();
      for (var place : places) {
        place.accept(text -> text + HOSTILE);
        // A text that is a time or a duration makes it no report of an agent.
        Json.read(MAPPER.writeValueAsString(tree), type).ifPresent(reports::add);
        place.accept(text -> text.substring(0, text.length() - HOSTILE.length()));
      }
      return reports;
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException(bug);
    }
  }

  private static void collect(JsonNode node, List<Consumer<Function<String, String>>> places) {
    switch (node) {
      case ObjectNode object ->
          object.properties().stream()
              .map(Map.Entry::getKey)
              .toList()
              .forEach(
                  key -> {
                    if (object.get(key) instanceof TextNode) {
                      places.add(change -> object.put(key, change.apply(object.get(key).asText())));
                    }
                    collect(object.get(key), places);
                  });
      case ArrayNode array -> {
        for (var at = 0; at < array.size(); at++) {
          var index = at;
          if (array.get(at) instanceof TextNode) {
            places.add(
                change -> array.set(index, new TextNode(change.apply(array.get(index).asText()))));
          }
          collect(array.get(at), places);
        }
      }
      default -> {}
    }
  }

  @TestFactory
  Stream<DynamicTest> no_text_of_a_snapshot_reaches_a_terminal_a_ci_server_or_json_raw() {
    return eachStory(
        report -> {
          var spoilt = spoilt(report, SnapshotReport.class);
          assertThat(spoilt).isNotEmpty();
          for (var each : spoilt) {
            assertPrintable(TreeText.render(each, COLOURED));
            assertPrintable(TreeText.render(each, Style.PLAIN.withWidth(200)));
            assertPrintable(DiffText.render(each, COLOURED));
            assertPrintable(DiffText.quiet(each.drift(), COLOURED));
            assertPrintable(DiffText.github(each.drift().open()));
            assertPrintable(DiffJunit.render(each));
            assertPrintable(new DiffNagios(each.drift(), drift -> true).render());
            assertPrintable(Json.text(each));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> json_keeps_the_text_that_it_escapes() {
    return eachStory(
        report -> {
          for (var each : spoilt(report, SnapshotReport.class)) {
            assertThat(Json.read(Json.line(each), SnapshotReport.class)).contains(each);
          }
        });
  }

  @Test
  void no_text_of_the_changes_reaches_a_terminal_raw() {
    World.stories()
        .map(story -> ChangesReport.of(story.getValue().changes()))
        .flatMap(report -> spoilt(report, ChangesReport.class).stream())
        .forEach(each -> assertPrintable(ChangesText.render(each, COLOURED)));
  }

  @Test
  void no_text_of_the_inventory_reaches_a_terminal_raw() {
    var config =
        Config.load(
            Optional.empty(),
            List.of("../config/src/test/resources/inventories/shop.yml"),
            Map.of());

    assertThat(spoilt(InventoryReport.of(config, cluster -> true), InventoryReport.class))
        .isNotEmpty()
        .allSatisfy(each -> assertPrintable(InventoryText.render(each, COLOURED)));
  }

  @Test
  void no_text_of_a_problem_reaches_an_output_raw() {
    var problems =
        List.of(
            new Problem(
                Problem.Code.BAD_VALUE,
                Problem.Level.ERROR,
                "file" + HOSTILE,
                "path" + HOSTILE,
                3,
                "wanted a word. Found: " + HOSTILE));

    assertPrintable(ProblemsText.render(problems, COLOURED));
    assertPrintable(ProblemsText.github(problems));
    assertPrintable(Json.text(SarifJson.of(problems)));
  }
}
