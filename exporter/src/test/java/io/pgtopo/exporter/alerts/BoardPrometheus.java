package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real Prometheus that scrapes agents once a second, and is asked as Grafana asks it. */
final class BoardPrometheus implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path log;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Scrapes each port as a job of that name. */
  BoardPrometheus(Path directory, Map<String, Integer> jobs) throws IOException {
    var program = program();
    port = freePort();
    log = directory.resolve("prometheus.log");
    var scraped =
        jobs.entrySet().stream()
            .map(
                job ->
                    "  - { job_name: %s, honor_labels: true, static_configs: [ { targets: [ '127.0.0.1:%d' ] } ] }%n"
                        .formatted(job.getKey(), job.getValue()))
            .collect(Collectors.joining());
    var config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            "global: { scrape_interval: 1s }\nscrape_configs:\n" + scraped);
    process =
        new ProcessBuilder(
                program,
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  private static String program() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "prometheus"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseGet(() -> abort("prometheus is not on the PATH"));
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The series that a query has at one moment. */
  JsonNode at(Instant time, String query) throws IOException, InterruptedException {
    return result("query?time=%s&query=%s".formatted(time, encoded(query)), query);
  }

  /** The series that a query has in the minute before a moment, second by second. */
  JsonNode before(Instant end, String query) throws IOException, InterruptedException {
    return result(
        "query_range?start=%s&end=%s&step=1&query=%s"
            .formatted(end.minusSeconds(60), end, encoded(query)),
        query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonNode result(String path, String query) throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(port, path));
    var request = HttpRequest.newBuilder(uri).build();
    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    var body = Boards.JSON.readTree(answer.body());
    assertThat(body.path("status").asText())
        .as("%s%n%s", query, answer.body())
        .isEqualTo("success");
    return body.at("/data/result");
  }

  /** Waits until a query has a series. */
  void await(String query) throws IOException, InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds(query)) {
      assertThat(System.nanoTime()).as("%s%n%s", query, Files.readString(log)).isLessThan(end);
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    }
  }

  private boolean holds(String query) throws InterruptedException {
    try {
      return !at(Instant.now(), query).isEmpty();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
