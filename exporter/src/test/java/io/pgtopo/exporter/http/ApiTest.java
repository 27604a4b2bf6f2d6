package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.Version;
import io.pgtopo.exporter.web.Listener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The answers for programs. */
@Timeout(120)
class ApiTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration NOW = Duration.ofSeconds(1);
  private static final List<String> DOCUMENTS =
      List.of(
          "/api/v1/clusters",
          "/api/v1/instances",
          "/api/v1/topology",
          "/api/v1/services",
          "/api/v1/safe",
          "/api/v1/drift",
          "/api/v1/changes",
          "/api/v1/inventory",
          "/api/v1/snapshot",
          "/api/v1/kinds",
          "/api/v1/maintenance",
          "/sd");

  private final Site site = new Site();

  @AfterEach
  void close() {
    site.close();
  }

  private JsonNode json(String path) throws IOException, InterruptedException {
    var answer = site.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return MAPPER.readTree(answer.body());
  }

  /** The schema of an answer, in which every object is closed: what it does not list is wrong. */
  private static String schema(
      JsonNode document, String method, String path, String status, String type) {
    var content =
        document
            .at("/paths")
            .path(path)
            .path(method)
            .path("responses")
            .path(status)
            .path("content");
    assertThat(content.has(type)).as("%s %s %s", path, status, type).isTrue();
    ObjectNode schema = content.path(type).path("schema").deepCopy();
    schema.set("components", document.path("components").deepCopy());
    close(schema);
    return schema.toString();
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object && object.has("properties") && object.has("type")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiTest::close);
  }

  private static void assertValid(JsonNode document, String path, HttpResponse<String> answer) {
    assertValid(document, "get", path, answer);
  }

  /** Holds an answer to what the document says of its status. */
  static void assertValid(
      JsonNode document, String method, String path, HttpResponse<String> answer) {
    var type = answer.headers().firstValue("Content-Type").orElseThrow().replaceAll(";.*", "");
    var schema = schema(document, method, path, Integer.toString(answer.statusCode()), type);
    if (type.equals("text/plain")) {
      return;
    }
    var errors =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schema)
            .validate(answer.body(), InputFormat.JSON);
    assertThat(errors).as("%s: %s", path, answer.body()).isEmpty();
  }

  @Test
  void every_answer_is_as_the_document_says() throws IOException, InterruptedException {
    var document = json("/api/v1/openapi.json");
    for (var path : DOCUMENTS) {
      assertValid(document, path, site.get(path));
    }
    for (var story : World.stories().toList()) {
      site.show(story.getValue(), NOW);
      for (var path : DOCUMENTS) {
        assertValid(document, path, site.get(path));
        assertValid(document, path, site.get(path + "?cluster=pg-test"));
        assertValid(document, path, site.get(path + "?cluster=nope"));
        assertValid(document, path, site.get(path + "?nope=1"));
      }
      for (var own : List.of("pg-test-1", "pg-test-2", "nope")) {
        site.isAt(own);
        for (var check : Balancing.Check.values()) {
          assertValid(document, check.path(), site.get(check.path()));
        }
      }
      assertValid(document, "/readyz", site.get("/readyz?verbose"));
    }
  }

  @Test
  void the_document_describes_every_path_and_no_other() throws IOException, InterruptedException {
    var document = json("/api/v1/openapi.json");
    var described = new TreeSet<String>();
    document.path("paths").fieldNames().forEachRemaining(described::add);

    assertThat(document.at("/info/version").asText()).isEqualTo(Version.current());
    assertThat(described)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    DOCUMENTS.stream(),
                    Stream.of(
                        "/api/v1/events",
                        "/api/v1/tree",
                        "/api/v1/openapi.json",
                        "/livez",
                        "/readyz",
                        "/primary",
                        "/replica",
                        "/read-only",
                        "/health",
                        "/metrics",
                        "/api/v1/maintenance/end",
                        "/-/reload"))
                .toList());
    var kinds = new ArrayList<String>();
    document
        .at("/components/schemas/DriftEntry/properties/kind/enum")
        .forEach(kind -> kinds.add(kind.asText()));
    assertThat(kinds)
        .containsExactlyElementsOf(Stream.of(DriftKind.values()).map(DriftKind::label).toList());
  }

  @Test
  void a_real_inventory_is_as_the_document_says() throws IOException, InterruptedException {
    var config =
        Config.load(
            Optional.empty(),
            List.of("../config/src/test/resources/inventories/shop.yml"),
            Map.of());
    try (var shop = new Site(config.settings().web(), Listener.Limits.DEFAULT, config)) {
      var document = json("/api/v1/openapi.json");
      assertValid(document, "/api/v1/inventory", shop.get("/api/v1/inventory"));
      assertValid(document, "/api/v1/services", shop.get("/api/v1/services"));
      assertThat(shop.get("/api/v1/services").body()).contains("\"fullName\"");
    }
  }

  @Test
  void an_answer_that_is_known_is_not_sent_again() throws IOException, InterruptedException {
    site.show(World.firstSight(Stories.healthy()), NOW);
    for (var path : DOCUMENTS) {
      var tag = site.get(path).headers().firstValue("ETag").orElseThrow();
      var again = site.get(path, "If-None-Match", "\"x\", " + tag);

      assertThat(again.statusCode()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(site.get(path, "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
      assertThat(site.send("HEAD", path).headers().firstValue("ETag")).hasValue(tag);
    }
    var tag = site.get("/api/v1/drift").headers().firstValue("ETag").orElseThrow();

    site.show(World.lasting(Stories.primaryKilled()), NOW);

    assertThat(site.get("/api/v1/drift", "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void a_filter_gives_a_part_and_the_verdict_stays() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.promotedByHand()), NOW);

    var all = json("/api/v1/drift");
    var critical = json("/api/v1/drift?severity=critical");
    var none = json("/api/v1/drift?kind=replay_paused");

    assertThat(all.path("drifts").findValuesAsText("kind"))
        .contains("multiple_primaries", "role_mismatch");
    assertThat(critical.path("drifts").findValuesAsText("kind"))
        .containsExactly("multiple_primaries");
    assertThat(json("/api/v1/drift?kind=role_mismatch&kind=multiple_primaries").path("drifts"))
        .hasSizeGreaterThan(1);
    assertThat(none.path("drifts")).isEmpty();
    assertThat(none.path("verdict").asText()).isEqualTo("drift");
    assertThat(site.get("/api/v1/drift?kind=nope").statusCode()).isEqualTo(400);
    assertThat(site.get("/api/v1/drift?severity=nope").statusCode()).isEqualTo(400);
    assertThat(site.get("/api/v1/topology?kind=diverged").statusCode()).isEqualTo(400);
    assertThat(site.get("/api/v1/topology?cluster=nope").statusCode()).isEqualTo(404);
  }

  @Test
  void what_could_not_be_evaluated_is_not_filtered_away() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.plainLogin()), NOW);
    var about = json("/api/v1/drift").path("unverifiable").path(0).path("about").asText();

    assertThat(json("/api/v1/drift?kind=" + about).path("unverifiable")).isNotEmpty();
    assertThat(json("/api/v1/drift?severity=unknown").path("unverifiable")).isNotEmpty();
  }

  @Test
  void prometheus_discovers_every_declared_instance() throws IOException, InterruptedException {
    assertThat(site.get("/sd").statusCode()).isEqualTo(503);
    site.show(World.lasting(Stories.primaryKilled()), Site.LIMIT.plusMillis(1));
    assertThat(site.get("/sd").statusCode()).isEqualTo(503);

    site.show(World.lasting(Stories.primaryKilled()), NOW);
    var groups = json("/sd");

    assertThat(site.get("/sd").headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(groups).hasSize(4);
    assertThat(groups.path(0).toString())
        .isEqualTo(
            "{\"targets\":[\"10.10.10.11:5432\"],\"labels\":{\"cls\":\"pg-test\",\"ins\":\"pg-test-1\","
                + "\"ip\":\"10.10.10.11\",\"__meta_pgtopo_role\":\"unknown\","
                + "\"__meta_pgtopo_declared_role\":\"primary\",\"__meta_pgtopo_reachable\":\"false\"}}");
  }

  @Test
  void subscribers_receive_what_has_changed() throws IOException {
    site.show(World.firstSight(Stories.healthy()), NOW);
    try (var wire = new Wire(site.port())) {
      wire.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
      var lines = new BufferedReader(new InputStreamReader(wire.in(), StandardCharsets.UTF_8));
      assertThat(until(lines, "data:"))
          .contains("{\"endedAt\":\"2026-11-22T10:00:00.025Z\",\"clusters\":[\"pg-test\"]}");

      site.show(World.lasting(Stories.healthy()), NOW);
      assertThat(until(lines, "event:")).isEqualTo("event: unchanged");
      assertThat(until(lines, "data:"))
          .isEqualTo("data: {\"endedAt\":\"2026-11-22T10:01:00.025Z\"}");

      site.show(World.lasting(Stories.primaryKilled()), NOW);
      assertThat(until(lines, "event:")).isEqualTo("event: change");
      assertThat(until(lines, "data:"))
          .contains("{\"name\":\"pg-test\",\"changed\":[\"roles\",\"links\",\"drift\"]}");

      site.show(World.lasting(Stories.primaryKilled()), Site.LIMIT.plusSeconds(1));
      assertThat(until(lines, "event:")).isEqualTo("event: unknown");
    }
  }

  private static String until(BufferedReader lines, String start) throws IOException {
    while (true) {
      var line = lines.readLine();
      assertThat(line).as("the stream goes on to " + start).isNotNull();
      if (line.startsWith(start)) {
        return line;
      }
    }
  }

  @Test
  void there_are_not_more_subscribers_than_it_bears() throws IOException, InterruptedException {
    site.show(World.firstSight(Stories.healthy()), NOW);
    var wires = new ArrayList<Wire>();
    for (var i = 0; i < Events.MAX_SUBSCRIBERS; i++) {
      var wire = new Wire(site.port());
      wire.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(wire.in().read()).isEqualTo('H');
      wires.add(wire);
    }

    assertThat(site.get("/api/v1/events").statusCode()).isEqualTo(503);
    assertThat(site.get("/livez").statusCode()).isEqualTo(200);

    for (var wire : wires) {
      wire.close();
    }
    // A stream ends when it is next written to.
    var status = 503;
    while (status == 503) {
      site.show(World.firstSight(Stories.healthy()), NOW);
      try (var wire = new Wire(site.port())) {
        wire.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var line = new String(wire.in().readNBytes(12), StandardCharsets.US_ASCII);
        status = Integer.parseInt(line.substring(9));
      }
    }
    assertThat(status).isEqualTo(200);
  }
}
