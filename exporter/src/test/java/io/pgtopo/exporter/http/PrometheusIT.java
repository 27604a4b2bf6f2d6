package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.alerts.OtherPrograms;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes it, and promtool reads what is scraped; both must be on the PATH. */
@Timeout(180)
class PrometheusIT {
  private static final Map<Endpoint, Observation> ANSWERS =
      Stories.healthy().stream()
          .collect(Collectors.toMap(Observation::endpoint, Function.identity()));

  /** What every exporter has of its process, by the guidelines for client libraries. */
  private static final String[] PROCESS = {
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_max_fds",
    "process_virtual_memory_bytes",
    "process_resident_memory_bytes",
    "process_start_time_seconds"
  };

  @TempDir private Path directory;

  @Test
  void promtool_finds_nothing_to_change_in_a_whole_scrape()
      throws IOException, InterruptedException {
    var promtool = OtherPrograms.find("promtool");
    try (var site = new Site()) {
      for (var story : World.stories().toList()) {
        site.show(story.getValue(), Duration.ofSeconds(1));
        var scrape = site.get("/metrics").body();
        assertThat(scrape.lines().map(line -> line.split("[ {]", 2)[0])).contains(PROCESS);
        var file = Files.writeString(directory.resolve("metrics.txt"), scrape);
        var out = directory.resolve("promtool.txt");
        var checking =
            new ProcessBuilder(promtool, "check", "metrics")
                .redirectInput(file.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();

        assertThat(checking.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(out)).as(story.getKey()).isEmpty();
        assertThat(checking.exitValue()).isZero();
      }
    }
  }

  @Test
  void a_real_prometheus_scrapes_it_and_forgets_a_member_that_is_removed()
      throws IOException, InterruptedException {
    var prometheus = OtherPrograms.find("prometheus");
    var inventory = directory.resolve("pigsty.yml");
    Files.writeString(inventory, inventory(4));
    Supplier<Config> load =
        () ->
            Config.load(
                Optional.empty(),
                List.of(inventory.toString()),
                Map.of("PGTOPO_INTERVAL", "200ms", "PGTOPO_CRAWL_ENABLED", "false"));
    Probe probe = endpoint -> ANSWERS.getOrDefault(endpoint, ANSWERS.values().iterator().next());
    var context =
        new CliContext(
            settings -> new OpenProbe(probe, () -> {}, registry -> {}),
            Clock.systemUTC()::instant,
            Map.of(),
            List.of(),
            Style.PLAIN,
            Screen.NONE);
    try (var daemon = Daemon.start(load.get(), load, context, 0);
        var server = new Prometheus(prometheus, directory, daemon.port())) {
      server.await("up{job=\"pgtopo\"} == 1");
      server.await("count(pgtopo_up == 1) == 4");
      server.await("count by (cls, ins) (pgtopo_up{cls=\"pg-test\",ins=\"pg-test-4\"}) == 1");
      server.await("pgtopo_drift{kind=\"multiple_primaries\"} == 0");
      // The second job finds the four instances at /sd; nothing listens there.
      server.await("count(up{job=\"found\",cls=\"pg-test\"}) == 4");

      Files.writeString(inventory, inventory(3));

      server.await("count(pgtopo_up) == 3");
      server.await("absent(pgtopo_up{ins=\"pg-test-4\"})");
      server.await("absent(pgtopo_instance_role{ins=\"pg-test-4\"})");
      server.await("count(up{job=\"found\"}) == 3");
      assertThat(server.holds("min_over_time(up{job=\"pgtopo\"}[5m]) == 1")).isTrue();
      // On a slow machine /sd may answer later than within the second that Prometheus waits here.
      assertThat(
              Files.readString(server.log())
                  .lines()
                  .filter(line -> !line.contains("Unable to refresh target groups")))
          .noneMatch(
              line ->
                  line.contains("uplicate sample")
                      || line.contains("out of order")
                      || line.contains("err="));
    }
  }

  private static String inventory(int members) {
    var text = new StringBuilder("all:\n  children:\n    pg-test:\n      hosts:\n");
    for (var seq = 1; seq <= members; seq++) {
      text.append(
          "        %s: { pg_seq: %d, pg_role: %s }\n"
              .formatted(World.endpoint(seq).host(), seq, seq == 1 ? "primary" : "replica"));
    }
    return text.append("      vars: { pg_cluster: pg-test }\n").toString();
  }

  /** A Prometheus that scrapes once a second. */
  private static final class Prometheus implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    Prometheus(String program, Path directory, int target) throws IOException {
      port = OtherPrograms.freePort();
      log = directory.resolve("prometheus.log");
      var config =
          Files.writeString(
              directory.resolve("prometheus.yml"),
              """
              global: { scrape_interval: 1s }
              scrape_configs:
                - job_name: pgtopo
                  honor_labels: true
                  static_configs: [ { targets: [ '127.0.0.1:%1$d' ] } ]
                - job_name: found
                  scrape_timeout: 100ms
                  http_sd_configs: [ { url: 'http://127.0.0.1:%1$d/sd', refresh_interval: 1s } ]
                  relabel_configs: [ { target_label: __address__, replacement: '127.0.0.1:1' }, { source_labels: [ins], target_label: instance } ]
              """
                  .formatted(target));
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

    Path log() {
      return log;
    }

    boolean holds(String query) throws InterruptedException {
      var uri =
          URI.create(
              "http://127.0.0.1:%d/api/v1/query?query=%s"
                  .formatted(port, URLEncoder.encode(query, StandardCharsets.UTF_8)));
      try {
        var answer =
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return answer.body().contains("\"status\":\"success\"")
            && !answer.body().contains("\"result\":[]");
      } catch (IOException notYet) {
        return false;
      }
    }

    void await(String query) throws IOException, InterruptedException {
      var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!holds(query)) {
        assertThat(System.nanoTime()).as("%s%n%s", query, Files.readString(log)).isLessThan(end);
        if (!process.isAlive()) {
          throw new IllegalStateException(Files.readString(log));
        }
      }
    }

    @Override
    public void close() {
      client.close();
      OtherPrograms.end(process);
    }
  }
}
