package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real HAProxy in front of the primary, whose two addresses are declared as members too. */
@DisplayName("DeclaredBalancerIT (skipped where HAProxy is not installed)")
@Timeout(120)
class DeclaredBalancerIT {
  private static final Map<String, String> SETTINGS =
      Map.of("PGTOPO_INTERVAL", "500ms", "PGTOPO_HYSTERESIS", "1s", "PGTOPO_GRACE", "0s");
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final List<String> DUPLICATES =
      Stream.of(3, 4)
          .map(
              "pgtopo_drift[{]cls=\"pg-test\",ins=\"pg-test-%d\",.*kind=\"duplicate_instance\".*"
                  ::formatted)
          .toList();
  private static final String PRIMARIES = "pgtopo_cluster_primaries[{]cls=\"pg-test\"[}].*";

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path directory;

  @Test
  void one_server_of_13_behind_three_declared_addresses_is_one_primary() throws Exception {
    assertOnePrimary(13);
  }

  @Test
  void one_server_of_18_behind_three_declared_addresses_is_one_primary() throws Exception {
    assertOnePrimary(18);
  }

  private void assertOnePrimary(int major) throws Exception {
    var haproxy =
        Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(haproxy).as("HAProxy").isPresent();
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);
      var address = primary.host().replaceFirst("[0-9]+$", "77");
      var other = primary.host().replaceFirst("[0-9]+$", "78");
      var right = lab.inventory();
      var wrong =
          right.replace(
              "      vars:",
              "        %s: { pg_seq: 3, pg_role: replica }\n        %s: { pg_seq: 4, pg_role: replica }\n      vars:"
                  .formatted(address, other));
      var declared = new AtomicReference<Config>(config(wrong));
      var balancer = balancer(haproxy.get(), List.of(address, other), primary);
      try (var daemon = Daemon.start(declared.get(), declared::get, RealServers.context(), 0)) {
        var seen =
            await(
                daemon.port(),
                metrics -> DUPLICATES.stream().allMatch(it -> value(metrics, it).equals("1")));
        assertThat(primaries(seen)).isEqualTo("1");

        declared.set(config(right));
        post(daemon.port(), "/-/reload");

        seen =
            await(
                daemon.port(),
                metrics -> DUPLICATES.stream().allMatch(it -> value(metrics, it).isEmpty()));
        assertThat(primaries(seen)).isEqualTo("1");
      } finally {
        balancer.destroyForcibly().waitFor();
      }
    }
  }

  private Config config(String inventory) throws IOException {
    var file = Files.writeString(directory.resolve("pigsty.yml"), inventory);
    return Config.load(Optional.empty(), List.of(file.toString()), SETTINGS);
  }

  private Process balancer(Path program, List<String> addresses, LabInstance primary)
      throws IOException {
    var config =
        Files.writeString(
            directory.resolve("haproxy.cfg"),
            """
            defaults
                mode tcp
                timeout connect 2s
                timeout client 60s
                timeout server 60s
            listen primary
                bind %s
                server one %s:%d
            """
                .formatted(
                    String.join(
                        ",", addresses.stream().map(it -> it + ":" + primary.port()).toList()),
                    primary.host(),
                    primary.port()));
    return new ProcessBuilder(program.toString(), "-db", "-f", config.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("haproxy.log").toFile())
        .start();
  }

  /** The first metrics that meet a condition; none before them shows two primaries. */
  private String await(int port, Predicate<String> condition)
      throws IOException, InterruptedException {
    var end = Instant.now().plus(PATIENCE);
    var metrics = "";
    while (Instant.now().isBefore(end)) {
      metrics = send(HttpRequest.newBuilder(uri(port, "/metrics")).build());
      assertThat(primaries(metrics)).isIn("", "1");
      if (condition.test(metrics)) {
        return metrics;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("not within " + PATIENCE + "\n" + metrics);
  }

  private void post(int port, String path) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder(uri(port, path)).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String primaries(String metrics) {
    return value(metrics, PRIMARIES);
  }

  /** The value of the first series that matches; empty if there is none. */
  private static String value(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.matches(series))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1).replaceFirst("[.]0$", ""))
        .findFirst()
        .orElse("");
  }
}
