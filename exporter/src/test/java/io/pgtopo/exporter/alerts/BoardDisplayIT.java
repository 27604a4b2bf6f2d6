package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.alerts.Boards.Panel;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person reads on the dashboards, by Grafana's own code: on a healthy cluster, in a split
 * brain, with a killed primary, with an undeclared replica, with one of two agents, and with none.
 */
@Timeout(300)
class BoardDisplayIT {
  private static final String BLUE = "#0072B2";
  private static final String ORANGE = "#D55E00";
  private static final String PURPLE = "#CC79A7";
  private static final String GREY = "#8F8F8F";

  private static final Pattern TIMESTAMP =
      Pattern.compile("(?m)^(\\w+_timestamp_seconds(?:\\{.*\\})?) (\\S+)$");

  /** The stories of the states; of the last two, agents stop. */
  private static final Map<String, String> STATES =
      new TreeMap<>(
          Map.of(
              "healthy", "healthy",
              "split", "promoted-by-hand",
              "killed", "primary-killed",
              "undeclared", "rogue-replica",
              "missing", "healthy",
              "silent", "healthy"));

  @TempDir private Path folder;

  /** An agent that has just ended a cycle, whenever it is scraped. */
  private record Agent(Site site, HttpServer server) implements AutoCloseable {
    static Agent showing(Snapshot snapshot) throws IOException {
      var site = new Site();
      site.show(snapshot, Duration.ofSeconds(1));
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/metrics",
          exchange -> {
            try (exchange) {
              var text = current(site.get("/metrics").body(), snapshot);
              var bytes = text.getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
              exchange.sendResponseHeaders(200, bytes.length);
              exchange.getResponseBody().write(bytes);
            } catch (InterruptedException hurried) {
              Thread.currentThread().interrupt();
            }
          });
      server.start();
      return new Agent(site, server);
    }

    private static String current(String exposition, Snapshot snapshot) {
      var passed = Duration.between(snapshot.window().to(), Instant.now()).toSeconds() - 1;
      return TIMESTAMP
          .matcher(exposition)
          .replaceAll(
              match ->
                  match.group(1).replace("\\", "\\\\")
                      + " "
                      + (Double.parseDouble(match.group(2)) + passed));
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
      site.close();
    }
  }

  /** A panel in a state, with the answers to its queries. */
  private record Shown(String state, String board, Panel panel, Map<String, JsonNode> answers) {
    Map<String, Object> json(JsonNode drawn) {
      return Map.of("state", state, "board", board, "panel", drawn, "answers", answers);
    }
  }

  @Test
  void in_every_state_the_panels_read_what_is_true() throws IOException, InterruptedException {
    NodeProgram.install();
    var stories = World.stories().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    var agents = new TreeMap<String, Agent>();
    try {
      for (var state : STATES.entrySet()) {
        for (var agent : List.of("a", "b")) {
          agents.put(state.getKey() + "-" + agent, Agent.showing(stories.get(state.getValue())));
        }
      }
      var ports = new TreeMap<String, Integer>();
      agents.forEach((job, agent) -> ports.put(job, agent.port()));
      try (var prometheus = new BoardPrometheus(folder, ports)) {
        prometheus.await("count(pgtopo_cluster_health{state=\"unknown\"} offset 5s) == 12");
        for (var gone : List.of("missing-b", "silent-a", "silent-b")) {
          agents.get(gone).close();
        }
        prometheus.await("count(up == 0) == 3");
        prometheus.await("absent(pgtopo_cluster_health{job=~\"silent.*\"})");

        var shown = everything(prometheus, Instant.now());

        nothingIsWrong(shown);
        faultsAreFound(shown);
      }
    } finally {
      agents.values().forEach(Agent::close);
    }
  }

  private static List<Shown> everything(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    var shown = new ArrayList<Shown>();
    for (var state : STATES.keySet()) {
      for (var panel : Boards.panels()) {
        var instances =
            panel.board().equals("instance")
                ? List.of("pg-test-1", "pg-test-2", "pg-test-4")
                : List.of("");
        for (var ins : instances) {
          var answers = new LinkedHashMap<String, JsonNode>();
          for (var query : panel.queries()) {
            var expr = asked(query.expr(), state, ins);
            answers.put(
                query.refId(),
                query.isInstant() ? prometheus.at(now, expr) : prometheus.before(now, expr));
          }
          shown.add(new Shown(state, (panel.board() + " " + ins).strip(), panel, answers));
        }
      }
    }
    return shown;
  }

  private static String asked(String expr, String state, String ins) {
    return expr.replace("$job", state + ".*")
        .replace("$instance", ".+")
        .replace("cls=~\"$cls\"", "cls=~\".+\"")
        .replace("$cls", "pg-test")
        .replace("$ins\"", ins + "\"")
        .replace("$__range:1m", "60s:1s")
        .replace("$__range", "10m")
        .replace("[10m:15s]", "[60s:1s]")
        .replace("$__rate_interval", "10s")
        .replace("offset 1m", "offset 5s");
  }

  private JsonNode displayed(List<Map<String, Object>> panels)
      throws IOException, InterruptedException {
    return NodeProgram.display(
        folder,
        Map.of(
            "clusters",
            List.of("pg-test"),
            "instances",
            List.of("pg-test-1", "pg-test-2", "pg-test-3", "pg-test-4"),
            "shown",
            panels));
  }

  private void nothingIsWrong(List<Shown> shown) throws IOException, InterruptedException {
    var seen = displayed(shown.stream().map(one -> one.json(one.panel().json())).toList());

    assertThat(texts(seen.path("problems"))).isEmpty();
    for (var release : List.of("10", "13")) {
      var tiles = new TreeMap<String, List<String>>();
      var rows = new TreeMap<String, List<String>>();
      Boards.elements(seen.path("read"))
          .filter(one -> one.path("release").asText().equals(release))
          .forEach(
              one -> {
                var where =
                    "%s: %s / %s"
                        .formatted(
                            one.path("state").asText(),
                            one.path("board").asText(),
                            one.path("title").asText());
                var kind = one.path("type").asText();
                (kind.equals("stat") ? tiles : rows)
                    .put(where, column(one, kind.equals("table") ? "Kind" : "value"));
              });
      whatIsReadFirst(tiles);
      whatIsWrong(rows);
    }
  }

  /** The texts of one column, with their colours. */
  private static List<String> column(JsonNode read, String name) {
    return Boards.elements(read.path("rows"))
        .map(row -> row.path(name))
        .map(cell -> cell.path("text").asText() + " " + cell.path("color").asText())
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    return Boards.elements(array).map(JsonNode::asText).toList();
  }

  private static void whatIsReadFirst(Map<String, List<String>> tiles) {
    assertThat(tiles)
        .contains(
            entry("healthy: fleet / Clusters with problems", List.of("0 " + BLUE)),
            entry("healthy: fleet / Clusters not fully evaluated", List.of("0 " + BLUE)),
            entry("healthy: fleet / Agents not polling", List.of("0 " + BLUE)),
            entry("healthy: cluster / Primary", List.of("pg-test-1 " + BLUE)),
            entry("healthy: cluster / Answering", List.of("4 of 4 " + BLUE)),
            entry("healthy: instance pg-test-1 / Reason", List.of("none: it answers " + BLUE)))
        .contains(
            entry("split: fleet / Critical drifts", List.of("1 " + PURPLE)),
            entry(
                "split: cluster / Primary",
                List.of("pg-test-1 (split brain) " + PURPLE, "pg-test-2 (split brain) " + PURPLE)),
            entry("split: instance pg-test-2 / Role", List.of("primary, one of several " + PURPLE)))
        .contains(
            entry("killed: cluster / Primary", List.of("none seen " + ORANGE)),
            entry("killed: cluster / Answering", List.of("3 of 4 " + ORANGE)),
            entry("killed: instance pg-test-1 / Reason", List.of("refused " + ORANGE)))
        .contains(
            entry("missing: fleet / Agents not polling", List.of("1 " + ORANGE)),
            entry("missing: agent / Failed cycles", List.of("unknown " + GREY)))
        .contains(
            entry("silent: fleet / Agents not polling", List.of("2 " + ORANGE)),
            entry("silent: cluster / Health", List.of("not watched " + GREY)),
            entry("silent: cluster / Primary", List.of("not watched " + GREY)),
            entry("silent: cluster / Answering", List.of("not watched " + GREY)),
            entry("silent: agent / Failed cycles", List.of("unknown " + GREY)));
    assertThat(tiles.entrySet())
        .filteredOn(it -> it.getKey().startsWith("silent"))
        .allSatisfy(it -> assertThat(it.getValue()).noneMatch(text -> text.endsWith(BLUE)));
  }

  private static void whatIsWrong(Map<String, List<String>> rows) {
    var title = " / What is wrong, where, since when";

    assertThat(rows.get("healthy: fleet" + title)).isEmpty();
    assertThat(rows.get("split: cluster / Roles"))
        .containsExactly(
            "primary, one of several " + PURPLE,
            "primary, one of several " + PURPLE,
            "replica #56B4E9",
            "replica #56B4E9");
    // What concerns the cluster stands on each of its instances.
    for (var board : List.of("fleet", "cluster", "instance pg-test-1", "instance pg-test-2")) {
      assertThat(rows.get("split: " + board + title).getFirst())
          .as(board)
          .startsWith("multiple_primaries");
    }
    assertThat(rows.get("silent: cluster" + title)).as("a row for what is unknown").hasSize(1);
  }

  /** The panels as they must not be: each fault is one that was seen in a Grafana. */
  private void faultsAreFound(List<Shown> shown) throws IOException, InterruptedException {
    var faulty = new ArrayList<Map<String, Object>>();
    for (var one : shown) {
      var panel = (ObjectNode) one.panel().json().deepCopy();
      var defaults = (ObjectNode) panel.at("/fieldConfig/defaults");
      if (panel.path("type").asText().equals("state-timeline")) {
        ((ObjectNode) defaults.path("color")).put("mode", "thresholds");
        var steps = defaults.putObject("thresholds").put("mode", "absolute").putArray("steps");
        steps.addObject().put("color", GREY).putNull("value");
      } else if (one.panel().title().startsWith("What is wrong")) {
        // noValue of the panel in every cell, and a link to its text.
        var text = panel.path("fieldConfig").toString();
        panel.set(
            "fieldConfig",
            Boards.JSON.readTree(
                text.replace("{\"id\":\"noValue\",\"value\":\"whole cluster\"},", "")
                    .replace("${__data.fields.Concerns}", "instance")));
        ((ObjectNode) panel.at("/fieldConfig/overrides/0")).putArray("properties");
      } else if (one.panel().title().equals("Reason")) {
        ((ObjectNode) panel.path("options")).put("textMode", "name");
      } else if (one.panel().type().equals("timeseries")) {
        defaults.put("noValue", "unknown");
      } else if (one.panel().title().equals("Server that answers")) {
        ((ObjectNode) panel.at("/fieldConfig/overrides/0")).putArray("properties");
      } else {
        continue;
      }
      faulty.add(one.json(panel));
    }

    var problems = texts(displayed(faulty).path("problems"));

    for (var release : List.of("Grafana 10, ", "Grafana 13, ")) {
      assertThat(problems)
          .contains(
              release + "split: cluster / Roles: value reads -∞+",
              release
                  + "split: fleet / What is wrong, where, since when: Instance leads to the instance “”",
              release + "silent: instance pg-test-1 / Reason: the tile is blank",
              release + "healthy: cluster / Replay lag of each link: the axis may read unknown")
          .anyMatch(
              it ->
                  it.startsWith(release + "split: fleet / What is wrong")
                      && it.contains("reads “No open drift is reported"))
          .anyMatch(
              it ->
                  it.startsWith(release + "healthy: instance pg-test-1 / Server that answers")
                      && it.contains("instead of 9876543210987654321"));
    }
  }
}
