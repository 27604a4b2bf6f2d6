package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.exporter.testing.Launched;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process, watching real servers: what it measures, and what it writes. */
@Timeout(180)
class RunIT {
  @TempDir private Path folder = Path.of("");

  /** A running agent. */
  private record Running(Process process, int port, Path log) implements AutoCloseable {
    String metrics() throws IOException, InterruptedException {
      try (var client = HttpClient.newHttpClient()) {
        var request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      } catch (IOException notYet) {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return "";
      }
    }

    double value(String series) throws IOException, InterruptedException {
      return metrics()
          .lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
          .sum();
    }

    void await(String series, double least) throws IOException, InterruptedException {
      var end = Instant.now().plusSeconds(60);
      while (value(series) < least) {
        assertThat(Instant.now()).as(series + " reaches " + least).isBefore(end);
      }
    }

    List<String> lines() throws IOException {
      return Files.readAllLines(log);
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The setting is json; text is the option, which wins. */
  private Running run(String format) throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var log = folder.resolve(format);
    var command = new ArrayList<>(List.of("run", "--inventory", folder + "/pigsty.yml"));
    if (format.equals("text")) {
      command.addAll(List.of("--log-format", "text"));
    }
    var builder = new ProcessBuilder(Launched.command(command.toArray(String[]::new)));
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().remove("JOURNAL_STREAM");
    builder.environment().put("PGTOPO_LISTEN", "127.0.0.1:" + port);
    builder.environment().put("PGTOPO_LOG_FORMAT", "json");
    builder.environment().put("PGTOPO_INTERVAL", "200ms");
    builder.environment().put("PGTOPO_HYSTERESIS", "0s");
    builder.environment().put("PGTOPO_GRACE", "0s");
    return new Running(builder.redirectError(log.toFile()).start(), port, log);
  }

  @Test
  void it_measures_its_pools_and_logs_each_change_in_one_line()
      throws IOException, InterruptedException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(3, plan -> plan.follows(2)).start();
      Files.writeString(folder.resolve("pigsty.yml"), lab.inventory());
      try (var text = run("text");
          var json = run("json")) {
        for (var agent : List.of(text, json)) {
          agent.await("pgtopo_cycles_total", 3);
          agent.await("hikaricp_connections{pool=\"postgres\"}", 3);
          assertThat(agent.value("hikaricp_connections{pool=\"postgres\"}")).isEqualTo(3);
          assertThat(agent.value("hikaricp_connections_max{pool=\"postgres\"}")).isEqualTo(3);
          assertThat(agent.value("hikaricp_connections_creation_seconds_count{pool=\"postgres\"}"))
              .isGreaterThanOrEqualTo(3);
          agent.await("hikaricp_connections_usage_seconds_count{pool=\"postgres\"}", 9);
          agent.await("pgtopo_poll_duration_seconds_count{outcome=\"answered\"}", 9);
          var lines = agent.lines();
          agent.await("pgtopo_cycles_total", agent.value("pgtopo_cycles_total") + 5);
          assertThat(agent.lines()).as("healthy cycles are silent").isEqualTo(lines);
        }

        cluster.instance(3).kill();
        cluster.instance(2).kill();

        for (var agent : List.of(text, json)) {
          agent.await("pgtopo_changes_total{kind=\"unreachable\"}", 2);
          agent.await("pgtopo_cycles_total", agent.value("pgtopo_cycles_total") + 5);
          assertThat(agent.value("hikaricp_connections{pool=\"postgres\"}")).isEqualTo(1);
          assertThat(agent.value("pgtopo_poll_duration_seconds_count{outcome=\"failed\"}"))
              .isPositive();
        }
        assertThat(text.lines())
            .as("a broken connection is logged without a trace")
            .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+ (INFO |WARN ) .*"))
            .filteredOn(
                line -> line.contains("warning drift fired: instance_unreachable pg-test-3"))
            .hasSize(1);
        var fired = new ArrayList<JsonNode>();
        for (var line : json.lines()) {
          var read = new ObjectMapper().readTree(line);
          assertThat(read.path("throwable").isNull()).as(line).isTrue();
          if (line.contains("drift fired: instance_unreachable pg-test-3")) {
            fired.add(read);
          }
        }
        assertThat(fired).hasSize(1);
        assertThat(fired.getFirst().path("level").asText()).isEqualTo("WARN");
        assertThat(fired.getFirst().path("kvpList").toString())
            .contains(
                "{\"kind\":\"drift_fired\"}",
                "{\"cls\":\"pg-test\"}",
                "{\"ins\":\"pg-test-3\"}",
                "{\"drift\":\"instance_unreachable\"}",
                "{\"severity\":\"warning\"}");
      }
    }
  }
}
