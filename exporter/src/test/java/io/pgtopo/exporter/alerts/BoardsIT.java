package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.alerts.Boards.Panel;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The queries of the dashboards, asked of a real Prometheus that scrapes two agents which watch the
 * same real servers, in the middle of a bad night; and what Grafana's own code makes of the
 * answers.
 */
@Timeout(300)
class BoardsIT {
  private static final Map<String, String> QUICKLY =
      Map.of("PGTOPO_INTERVAL", "500ms", "PGTOPO_HYSTERESIS", "1s", "PGTOPO_GRACE", "0s");

  /** Columns of labels that need not be there. */
  private static final Set<String> LABELS = Set.of("Part", "Instance", "Address", "Load balancer");

  @TempDir private Path folder;

  /** How Prometheus is asked: for a moment, or for a time. */
  private interface Asking {
    JsonNode ask(String expr) throws IOException, InterruptedException;
  }

  private Config config(Lab lab) throws IOException {
    var inventory = Files.writeString(folder.resolve("pigsty.yml"), lab.inventory());
    var settings =
        Files.writeString(
            folder.resolve("pgtopo.yml"),
            """
            policy:
              ignore:
                - { kind: replay_paused, cluster: pg-test, owner: dba, reason: a report runs, until: 2099-01-01 }
            """);
    return Config.load(
        Optional.of(settings), List.of(inventory.toString()), QUICKLY, DriftKind.vocabulary());
  }

  /** A query as Grafana sends it; the times in it are shortened, so that a minute is a second. */
  private static String asked(String expr, String job, String cls) {
    return expr.replace("$job", job)
        .replace("$instance", ".+")
        .replace("\"$cls\"", "\"" + cls + "\"")
        .replace("$ins\"", "pg-test-1\"")
        .replace("$__range:1m", "60s:1s")
        .replace("$__range", "60s")
        .replace("[10m:15s]", "[60s:1s]")
        .replace("$__rate_interval", "10s")
        .replace("offset 1m", "offset 5s");
  }

  private static String asked(String expr) {
    return asked(expr, ".+", "pg-test").replace("cls=~\"pg-test\"", "cls=~\".+\"");
  }

  /** What happens that night: a split brain, a dead replica, a clone, a paused replay. */
  private static void stage(LabCluster cluster, int port) throws IOException {
    cluster.instance(4).restart();
    cluster.instance(4).pauseReplay();
    cluster.instance(1).execute("SELECT pg_create_physical_replication_slot('left_over', true)");
    cluster.addUndeclared(9, cluster.instance(1));
    cluster.instance(2).promote();
    cluster.instance(3).stop();
    assertThat(Wire.ask(port, "GET /metrics HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @Test
  void every_panel_answers_in_a_bad_night_and_two_agents_say_nothing_twice()
      throws IOException, InterruptedException {
    NodeProgram.install();
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(2, two -> two.slot())
              .replica(3)
              .replica(4, four -> four.follows(2))
              .start();
      lab.cluster("pg-meta").primary(1).start();
      var config = config(lab);
      int first = BoardPrometheus.freePort();
      int second = BoardPrometheus.freePort();
      try (var prometheus = new BoardPrometheus(folder, Map.of("pgtopo", first, "other", second))) {
        try (var one = Daemon.start(config, () -> config, RealServers.context(), first);
            var two = Daemon.start(config, () -> config, RealServers.context(), second)) {
          prometheus.await("count(pgtopo_cluster_sync{state=\"in_sync\"} == 1) == 4");
          prometheus.await("count(pgtopo_up offset 5s) == 10");
          stage(cluster, one.port());
          awaitTheNight(prometheus);
          assertThat(two.latest()).isPresent();
          everythingIsShown(prometheus, Instant.now());
        }
        prometheus.await("count(up == 0) == 2");
        prometheus.await("absent(pgtopo_cluster_health)");

        silenceIsNotShownAsFine(prometheus, Instant.now());
      }
    }
  }

  private static void awaitTheNight(BoardPrometheus prometheus)
      throws IOException, InterruptedException {
    for (var kind : List.of(DriftKind.MULTIPLE_PRIMARIES, DriftKind.INSTANCE_UNREACHABLE)) {
      prometheus.await(
          "count(pgtopo_drift{kind=\"%s\",state=\"firing\"} == 1) == 2".formatted(kind.label()));
    }
    prometheus.await("count(pgtopo_drift{kind=\"replay_paused\",state=\"ignored\"}) == 2");
    // Its link stands still, since replay that is paused does not leave the old timeline.
    prometheus.await(
        "count(pgtopo_drift{kind=\"replica_detached\",ins=\"pg-test-4\",state=\"firing\"} == 1) == 2");
    prometheus.await("absent(pgtopo_drift{state=\"pending\"} == 1)");
    prometheus.await(
        "count(pgtopo_drift_unverifiable{about=\"undeclared_instance\",state=\"firing\"}) == 2");
    prometheus.await("count(pgtopo_poll_failures_total{reason=\"refused\"} > 3) == 2");
  }

  private void everythingIsShown(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    everyQueryAnswers(prometheus, now);
    everyVariableOffersSomething(prometheus, now);
    twoAgentsSayNothingTwice(prometheus, now);
    tablesAreAsTheyAreHeaded(prometheus, now);
    theGraphIsWhole(prometheus, now);
  }

  private static void everyQueryAnswers(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    var silent = new ArrayList<String>();
    for (var query : Boards.queries()) {
      Asking asking =
          query.isInstant() ? one -> prometheus.at(now, one) : one -> prometheus.before(now, one);
      if (!isAnswered(asking, query.expr())) {
        silent.add(query.toString());
      }
    }
    for (var board : Boards.all()) {
      for (var annotation : board.annotations()) {
        var expr = annotation.path("expr").asText();
        if (!isAnswered(one -> prometheus.before(now, one), expr)) {
          silent.add(board.name() + " / " + annotation.path("name").asText());
        }
      }
    }

    assertThat(silent).isEmpty();
  }

  /** For any instance: none has slots, and a reason not to answer, and a replay, all at once. */
  private static boolean isAnswered(Asking asking, String expr)
      throws IOException, InterruptedException {
    var found = false;
    for (var seq = 1; seq <= 4; seq++) {
      found |= !asking.ask(asked(expr.replace("$ins\"", "pg-test-" + seq + "\""))).isEmpty();
    }
    return found;
  }

  private static void everyVariableOffersSomething(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    for (var board : Boards.all()) {
      for (var variable : board.variables()) {
        var definition = variable.path("definition").asText();
        if (!definition.isEmpty()) {
          var offered =
              definition.replaceFirst("label_values\\((.*), (\\w+)\\)", "group by ($2) ($1)");
          assertThat(prometheus.at(now, asked(offered)).at("/0/metric")).as(definition).hasSize(1);
        }
      }
    }
  }

  /** The agents are two jobs here; a query of both returns the series of each of them. */
  private static void twoAgentsSayNothingTwice(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    for (var query : Boards.queries()) {
      var asksOfAgents =
          query.panel().board().equals("agent")
              || query.expr().matches("max by \\((ins, )?instance\\).*")
              || query.refId().equals("agents")
              || query.panel().title().equals("Agents not polling");
      if (!query.isInstant() || asksOfAgents) {
        continue;
      }
      var all = asked(query.expr());
      var both = prometheus.at(now, all);
      var single = prometheus.at(now, all.replace("job=~\".+\"", "job=~\"pgtopo\""));

      assertThat(labels(both)).as(query.toString()).isEqualTo(labels(single));
      assertThat(labels(both)).as(query.toString()).doesNotHaveDuplicates();
      if (query.expr().startsWith("count")) {
        assertThat(values(both)).as(query.toString()).isEqualTo(values(single));
      }
    }
  }

  private static List<String> labels(JsonNode series) {
    return Boards.elements(series).map(it -> it.path("metric").toString()).sorted().toList();
  }

  private static List<String> values(JsonNode series) {
    return Boards.elements(series)
        .map(it -> it.path("metric") + " " + it.at("/value/1").asText())
        .sorted()
        .toList();
  }

  /** The answers to a panel's queries, of that instance of which there are most. */
  private static Map<String, JsonNode> answers(
      BoardPrometheus prometheus, Instant now, Panel panel, UnaryOperator<String> asked)
      throws IOException, InterruptedException {
    var most = new LinkedHashMap<String, JsonNode>();
    for (var seq = 1; seq <= 4; seq++) {
      var answers = new LinkedHashMap<String, JsonNode>();
      for (var query : panel.queries()) {
        var expr = query.expr().replace("$ins\"", "pg-test-" + seq + "\"");
        answers.put(query.refId(), prometheus.at(now, asked.apply(expr)));
      }
      if (most.isEmpty() || silent(answers) < silent(most)) {
        most = answers;
      }
    }
    return most;
  }

  private static long silent(Map<String, JsonNode> answers) {
    return answers.values().stream().filter(JsonNode::isEmpty).count();
  }

  private void tablesAreAsTheyAreHeaded(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    var asked = new ArrayList<Map<String, Object>>();
    var tables = Boards.panels().stream().filter(panel -> panel.type().equals("table")).toList();
    for (var table : tables) {
      asked.add(
          Map.of(
              "panel", table.json(), "answers", answers(prometheus, now, table, BoardsIT::asked)));
    }

    var seen = NodeProgram.frames(folder, asked);

    assertThat(seen).hasSize(2 * tables.size());
    for (var i = 0; i < seen.size(); i++) {
      var table = tables.get(i % tables.size());
      var frames = seen.get(i).path("frames");
      assertThat(frames).as(table.toString()).hasSize(1);
      var headings =
          Boards.elements(frames.at("/0/fields")).map(it -> it.path("shown").asText()).toList();
      var wanted =
          Boards.elements(table.json().path("transformations"))
              .filter(it -> it.path("id").asText().equals("organize"))
              .flatMap(it -> it.at("/options/renameByName").valueStream())
              .map(JsonNode::asText)
              .distinct()
              .collect(Collectors.toCollection(ArrayList::new));
      var columns = List.copyOf(wanted);
      // A label that no series has makes no column.
      wanted.removeIf(it -> LABELS.contains(it) && !headings.contains(it));
      assertThat(headings)
          .as("%s in Grafana %s", table, seen.get(i).path("release"))
          .isEqualTo(wanted);
      assertThat(
              Boards.elements(table.json().at("/fieldConfig/overrides"))
                  .filter(it -> it.at("/matcher/id").asText().equals("byName"))
                  .map(it -> it.at("/matcher/options").asText()))
          .as(table.toString())
          .isEqualTo(columns);
    }
  }

  private void theGraphIsWhole(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    var graph =
        Boards.panels().stream()
            .filter(it -> it.type().equals("nodeGraph"))
            .findFirst()
            .orElseThrow();

    var asked = new ArrayList<Map<String, Object>>();
    for (var cls : List.of("pg-test", "pg-meta")) {
      UnaryOperator<String> of = expr -> asked(expr, ".+", cls);
      asked.add(Map.of("panel", graph.json(), "answers", answers(prometheus, now, graph, of)));
    }

    var seen = NodeProgram.frames(folder, asked);

    for (var frames : seen) {
      var nodes = columns(frames.at("/frames/0"));
      var edges = columns(frames.at("/frames/1"));
      assertThat(nodes.keySet()).contains("id", "title", "mainstat", "ring", "opens");
      assertThat(edges.keySet()).contains("id", "source", "target", "color");
      assertThat(Stream.concat(nodes.keySet().stream(), edges.keySet().stream()))
          .allMatch(name -> name.matches("[a-z_]+|Time|Value #(nodes|edges)"));
      assertThat(nodes.get("id")).isNotEmpty().doesNotHaveDuplicates().doesNotContain("");
      assertThat(edges.get("id")).isNotEmpty().doesNotHaveDuplicates().doesNotContain("");
      assertThat(nodes.get("id")).containsAll(edges.get("source")).containsAll(edges.get("target"));
    }
    for (var release : List.of(0, 2)) {
      var test = seen.get(release).path("frames");
      assertThat(rows(test.get(0), "id", "subtitle", "mainstat", "secondarystat", "ring", "opens"))
          .containsExactlyInAnyOrder(
              "pg-test-1, declared primary, primary, split brain, critical, instance",
              "pg-test-2, declared replica, primary, split brain, critical, instance",
              "pg-test-3, declared replica, unknown, no answer, warning, instance",
              "pg-test-4, declared replica, replica, not streaming, warning, instance",
              "127.0.0.1 \"pg-test-9\", , not a member, , outsider, cluster");
      assertThat(rows(test.get(1), "id", "secondarystat", "color", "detail__proof"))
          .containsExactlyInAnyOrder(
              "pg-test-2 to pg-test-4, not streaming, #D55E00, both ends",
              "pg-test-1 to pg-test-3, unknown, #8F8F8F, the inventory",
              "pg-test-1 to 127.0.0.1 \"pg-test-9\", unknown, #8F8F8F, the upstream only");
      var meta = seen.get(release + 1).path("frames");
      assertThat(rows(meta.get(0), "id", "mainstat"))
          .containsExactlyInAnyOrder("pg-meta-1, primary", "no link seen, placeholder");
      assertThat(rows(meta.get(1), "id", "color"))
          .containsExactly("no link seen to pg-meta-1, transparent");
    }
  }

  /** No agent watches any more: no panel shows a known value as current. */
  private static void silenceIsNotShownAsFine(BoardPrometheus prometheus, Instant now)
      throws IOException, InterruptedException {
    var drawn = new TreeMap<String, List<String>>();
    for (var query : Boards.queries()) {
      var panel = query.panel();
      if (panel.type().equals("stat") && !panel.board().equals("agent")) {
        var values =
            Boards.elements(prometheus.at(now, asked(query.expr())))
                .map(series -> series.at("/value/1").asText())
                .toList();
        if (!values.isEmpty()) {
          drawn.put(panel.toString(), values);
        }
      }
    }

    assertThat(drawn)
        .containsOnlyKeys(
            "cluster / Changed",
            "cluster / Health",
            "fleet / Agents not polling",
            "fleet / Clusters with problems")
        .containsEntry("cluster / Health", List.of("7"))
        .containsEntry("fleet / Agents not polling", List.of("2"))
        .containsEntry("fleet / Clusters with problems", List.of("2"));
  }

  private static List<String> rows(JsonNode frame, String... names) {
    var columns = columns(frame);
    return IntStream.range(0, columns.getOrDefault("id", List.of()).size())
        .mapToObj(
            row ->
                Stream.of(names)
                    .map(name -> columns.getOrDefault(name, List.of()).get(row))
                    .collect(Collectors.joining(", ")))
        .toList();
  }

  private static Map<String, List<String>> columns(JsonNode frame) {
    var columns = new LinkedHashMap<String, List<String>>();
    Boards.elements(frame.path("fields"))
        .forEach(
            field ->
                columns.put(
                    field.path("name").asText(),
                    Boards.elements(field.path("values")).map(JsonNode::asText).toList()));
    return columns;
  }
}
