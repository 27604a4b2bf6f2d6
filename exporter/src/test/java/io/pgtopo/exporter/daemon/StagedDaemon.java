package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.Tracking;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the tests of the daemon watch, and how they ask it. */
final class StagedDaemon {
  private static final Map<Endpoint, Observation> ANSWERS =
      Stories.healthy().stream()
          .collect(Collectors.toMap(Observation::endpoint, Function.identity()));

  private StagedDaemon() {}

  static String inventory(int members) {
    var text = new StringBuilder("all:\n  children:\n    pg-test:\n      hosts:\n");
    for (var seq = 1; seq <= members; seq++) {
      text.append(
          "        %s: { pg_seq: %d, pg_role: %s }\n"
              .formatted(World.endpoint(seq).host(), seq, seq == 1 ? "primary" : "replica"));
    }
    return text.append("      vars: { pg_cluster: pg-test }\n").toString();
  }

  /** Reads an inventory as the program does, and polls often. */
  static Supplier<Config> loading(Path inventory) {
    return () ->
        Config.load(
            Optional.empty(),
            List.of(inventory.toString()),
            Map.of("PGTOPO_INTERVAL", "100ms", "PGTOPO_CRAWL_ENABLED", "false"));
  }

  static void await(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  static int watched(Daemon daemon) {
    return daemon.latest().map(snapshot -> snapshot.observations().size()).orElse(0);
  }

  static String text(Daemon daemon, String path) {
    try {
      return get(daemon, path);
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  static Observation answer(Endpoint endpoint) {
    var answer = ANSWERS.get(endpoint);
    if (answer == null) {
      throw new IllegalArgumentException(endpoint + " is not declared");
    }
    return answer;
  }

  static CliContext context(Probe probe, InstantSource clock) {
    return new CliContext(
        settings -> new OpenProbe(probe, () -> {}, registry -> {}),
        clock::instant,
        Map.of(),
        List.of(),
        Style.PLAIN,
        Screen.NONE);
  }

  static Config config(int port) {
    return with(World.INVENTORY, port);
  }

  static Config with(Inventory declared, int port) {
    return new Config(
        new Settings(
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            new Tracking(Duration.ZERO, Duration.ZERO, Optional.empty()),
            Crawl.OFF,
            new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER),
            new Endpoint("127.0.0.1", port)),
        declared,
        Policy.NONE,
        Optional.empty(),
        List.of(),
        List.of());
  }

  static String get(Daemon daemon, String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return get(client, daemon, path);
    }
  }

  static String get(HttpClient client, Daemon daemon, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + daemon.port() + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
