package io.pgtopo.exporter.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The dashboards as they are shipped. */
final class Boards {
  static final Path FOLDER = Path.of("..", "grafana").toAbsolutePath().normalize();
  static final ObjectMapper JSON = JsonMapper.builder().build();

  private static final List<String> NAMES = List.of("agent", "cluster", "fleet", "instance");

  private Boards() {}

  /** One dashboard. */
  record Board(String name, JsonNode json) {
    List<Panel> panels() {
      return elements(json.path("panels")).map(panel -> new Panel(name, panel)).toList();
    }

    List<JsonNode> variables() {
      return elements(json.at("/templating/list")).toList();
    }

    List<JsonNode> annotations() {
      return elements(json.at("/annotations/list")).toList();
    }
  }

  /** One panel of a dashboard. */
  record Panel(String board, JsonNode json) {
    String title() {
      return json.path("title").asText();
    }

    String type() {
      return json.path("type").asText();
    }

    List<Query> queries() {
      return elements(json.path("targets")).map(target -> new Query(this, target)).toList();
    }

    @Override
    public String toString() {
      return board + " / " + title();
    }
  }

  /** One query of a panel. */
  record Query(Panel panel, JsonNode json) {
    String refId() {
      return json.path("refId").asText();
    }

    String expr() {
      return json.path("expr").asText();
    }

    boolean isInstant() {
      return json.path("instant").asBoolean();
    }

    @Override
    public String toString() {
      return panel + " / " + refId();
    }
  }

  static Path file(String name) {
    return FOLDER.resolve("dashboards").resolve(name + ".json");
  }

  static List<Path> files() {
    return NAMES.stream().map(Boards::file).toList();
  }

  static List<Board> all() {
    return NAMES.stream().map(Boards::named).toList();
  }

  static Board named(String name) {
    return new Board(name, read(file(name)));
  }

  static List<Panel> panels() {
    return all().stream().flatMap(board -> board.panels().stream()).toList();
  }

  static List<Query> queries() {
    return panels().stream().flatMap(panel -> panel.queries().stream()).toList();
  }

  static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return array.valueStream();
  }

  static Stream<Map.Entry<String, JsonNode>> entries(JsonNode object) {
    return object.propertyStream();
  }
}
