package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.exporter.alerts.Boards.Panel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What was learnt when the dashboards were seen in a Grafana: each rule is a fault that was seen.
 */
class BoardLayoutTest {
  /** What a window of 1100 pixels leaves beside the menu, and each panel for its frame. */
  private static final int WINDOW = 1100 - 70;

  private static final int FRAME = 16;

  /** What Grafana gives to a column without a width, at least. */
  private static final int UNSET = 150;

  private static List<Panel> panels(String type) {
    return Boards.panels().stream().filter(panel -> panel.type().equals(type)).toList();
  }

  private static JsonNode defaults(Panel panel) {
    return panel.json().at("/fieldConfig/defaults");
  }

  private static Stream<JsonNode> overrides(Panel panel) {
    return Boards.elements(panel.json().at("/fieldConfig/overrides"));
  }

  /** The headings of a table, in order. */
  private static List<String> columns(Panel table) {
    return Boards.elements(table.json().path("transformations"))
        .filter(it -> it.path("id").asText().equals("organize"))
        .flatMap(it -> it.at("/options/renameByName").valueStream())
        .map(JsonNode::asText)
        .distinct()
        .toList();
  }

  private static Optional<JsonNode> property(JsonNode override, String id) {
    return Boards.elements(override.path("properties"))
        .filter(it -> it.path("id").asText().equals(id))
        .map(it -> it.path("value"))
        .findFirst();
  }

  @Test
  void states_over_time_are_named_by_their_mappings_and_not_by_thresholds() {
    assertThat(panels("state-timeline"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(defaults(panel).at("/color/mode").asText()).isEqualTo("palette-classic");
              assertThat(defaults(panel).has("thresholds")).isFalse();
              assertThat(defaults(panel).path("mappings")).isNotEmpty();
            });
  }

  @Test
  void a_chart_has_its_legend_below_and_no_text_between_the_numbers_of_its_axis() {
    assertThat(panels("timeseries"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(panel.json().at("/options/legend/placement").asText()).isEqualTo("bottom");
              assertThat(defaults(panel).has("noValue")).isFalse();
            });
  }

  /** Steps go on to the edge of the chart, and the last known value reads like the present one. */
  @Test
  void a_line_ends_where_its_value_becomes_unknown() {
    assertThat(panels("timeseries"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(defaults(panel).at("/custom/lineInterpolation").asText())
                  .isEqualTo("linear");
              assertThat(panel.json().at("/options/legend/calcs")).isEmpty();
            });
  }

  @Test
  void a_tile_is_not_blank_where_nothing_is_found() {
    assertThat(panels("stat"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(panel.json().at("/options/textMode").asText()).isNotEqualTo("name");
              assertThat(defaults(panel).path("noValue").asText()).isNotBlank();
            });
  }

  @Test
  void an_empty_cell_does_not_have_the_text_of_an_empty_table() {
    assertThat(panels("table"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              var first = overrides(panel).findFirst().orElseThrow();
              assertThat(first.path("matcher").toString())
                  .isEqualTo("{\"id\":\"byRegexp\",\"options\":\"/.*/\"}");
              assertThat(property(first, "noValue").map(JsonNode::asText)).contains("-");
              // Names and identifiers of digits would be rounded as numbers are.
              assertThat(property(first, "unit").map(JsonNode::asText)).contains("string");
            });
  }

  @Test
  void all_columns_of_a_table_fit_a_window_of_1100_pixels() {
    for (var table : panels("table")) {
      var widths = widths(table);
      var room = WINDOW * table.json().at("/gridPos/w").asInt() / 24 - FRAME;

      assertThat(widths.keySet()).as(table.toString()).containsExactlyElementsOf(columns(table));
      assertThat(widths.values().stream().filter(width -> width == UNSET))
          .as("%s: one column takes what is left", table)
          .hasSize(1);
      assertThat(widths.values().stream().mapToInt(Integer::intValue).sum())
          .as(table.toString())
          .isLessThanOrEqualTo(room);
    }
  }

  /** Otherwise the others end in the middle of the table: a label that no row has is no column. */
  @Test
  void the_column_that_takes_what_is_left_is_always_there() {
    for (var table : panels("table")) {
      assertThat(widths(table).entrySet().stream().filter(it -> it.getValue() == UNSET))
          .as(table.toString())
          .extracting(Map.Entry::getKey)
          .doesNotContain("Part", "Address");
    }
  }

  @Test
  void a_heading_shares_its_width_with_no_icon_and_words_stand_at_the_left() {
    assertThat(panels("table"))
        .allSatisfy(
            table -> {
              assertThat(defaults(table).at("/custom/filterable").asBoolean(true)).isFalse();
              assertThat(overrides(table).filter(it -> property(it, "mappings").isPresent()))
                  .allMatch(
                      it ->
                          property(it, "custom.align")
                              .filter(align -> align.asText().equals("left"))
                              .isPresent());
            });
  }

  private static Map<String, Integer> widths(Panel table) {
    var styled = new LinkedHashMap<String, Integer>();
    overrides(table)
        .skip(1)
        .forEach(
            it ->
                styled.put(
                    it.at("/matcher/options").asText(),
                    property(it, "custom.width").map(JsonNode::asInt).orElse(UNSET)));
    return styled;
  }

  @Test
  void what_is_wrong_can_be_read_on_a_telephone() {
    var drifts = panels("table").stream().filter(it -> it.title().startsWith("What is wrong"));

    assertThat(drifts)
        .hasSize(3)
        .allSatisfy(table -> assertThat(columns(table)).startsWith("Severity", "Kind", "Cluster"));
  }

  @Test
  void a_table_fits_few_rows_and_scrolls_for_many() {
    assertThat(panels("table"))
        .allSatisfy(table -> assertThat(table.json().at("/gridPos/h").asInt()).isBetween(4, 8));
  }

  @Test
  void the_node_graph_has_the_whole_width_display_names_and_a_link_from_each_node() {
    assertThat(panels("nodeGraph"))
        .hasSize(1)
        .allSatisfy(
            graph -> {
              assertThat(graph.json().at("/gridPos/w").asInt()).isEqualTo(24);
              assertThat(graph.json().at("/gridPos/h").asInt()).isGreaterThanOrEqualTo(16);
              // The legend shows names of fields unless they are renamed.
              var renamed = graph.json().path("transformations").findValue("renameByName");
              assertThat(List.of("mainstat", "secondarystat")).allMatch(renamed::has);
              assertThat(Boards.elements(graph.json().at("/options/nodes/arcs")))
                  .isNotEmpty()
                  .allMatch(arc -> renamed.has(arc.path("field").asText()));
              // An override, since what stands in defaults would be offered once for each field.
              assertThat(overrides(graph)).hasSize(1);
              assertThat(overrides(graph).findFirst().flatMap(it -> property(it, "links")))
                  .hasValueSatisfying(links -> assertThat(links).hasSize(1));
            });
  }
}
