package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.Tracking;
import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DaemonTest {
  private static final Map<Endpoint, Observation> ANSWERS =
      Stories.healthy().stream()
          .collect(Collectors.toMap(Observation::endpoint, Function.identity()));

  @Test
  void a_cycle_that_fails_is_counted_and_survived() throws IOException, InterruptedException {
    var ticks = new AtomicInteger();
    var goesOn = new CountDownLatch(1);
    InstantSource clock =
        () -> {
          // The first reading is of the declaration, the second the start of the first cycle.
          if (ticks.getAndIncrement() == 1) {
            throw new IllegalStateException("staged by the test");
          }
          return World.START;
        };
    Probe probe =
        endpoint -> {
          goesOn.countDown();
          return answer(endpoint);
        };

    try (var daemon = Daemon.start(config(8432), () -> config(8432), context(probe, clock), 0)) {
      assertThat(goesOn.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(get(daemon, "/metrics")).contains("pgtopo_cycle_failures_total 1.0");
    }
  }

  @Test
  void a_closed_daemon_lets_go_of_its_probe_at_once() throws InterruptedException {
    var asked = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    Probe stubborn =
        endpoint -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
          }
          return answer(endpoint);
        };
    var context =
        new CliContext(
            settings -> new OpenProbe(stubborn, closed::countDown, registry -> {}),
            () -> World.START,
            Map.of(),
            List.of(),
            Style.PLAIN,
            Screen.NONE);
    var daemon = Daemon.start(config(8432), () -> config(8432), context, 0);
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

    daemon.close();
    daemon.close();

    assertThat(closed.await(2, TimeUnit.SECONDS)).isTrue();
    daemon.awaitStop();
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

  private static void await(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static int watched(Daemon daemon) {
    return daemon.latest().map(snapshot -> snapshot.observations().size()).orElse(0);
  }

  @Test
  void a_changed_inventory_is_taken_over_and_a_broken_one_is_not(@TempDir Path folder)
      throws IOException, InterruptedException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(2));
    Supplier<Config> load =
        () ->
            Config.load(
                Optional.empty(),
                List.of(file.toString()),
                Map.of("PGTOPO_INTERVAL", "100ms", "PGTOPO_CRAWL_ENABLED", "false"));
    var context = context(DaemonTest::answer, () -> World.START);

    try (var daemon = Daemon.start(load.get(), load, context, 0)) {
      await("both are watched", () -> watched(daemon) == 2);

      Files.writeString(file, inventory(3));
      await("the third is watched too", () -> watched(daemon) == 3);
      assertThat(get(daemon, "/metrics")).contains("pgtopo_config_last_reload_successful 1.0");

      Files.writeString(file, inventory(1) + "      hosts: [\n");
      await(
          "the metric says that it is broken",
          () -> text(daemon, "/metrics").contains("pgtopo_config_last_reload_successful 0.0"));
      assertThat(get(daemon, "/readyz?verbose"))
          .contains("\"ready\" : true")
          .contains("pigsty.yml:")
          .contains("wanted YAML");
      assertThat(watched(daemon)).isEqualTo(3);

      Files.writeString(file, inventory(2));
      await("it is fixed", () -> watched(daemon) == 2);
      assertThat(get(daemon, "/metrics")).contains("pgtopo_config_last_reload_successful 1.0");
    }
  }

  @Test
  void an_error_costs_only_its_cluster_unless_that_one_is_watched(@TempDir Path folder)
      throws IOException, InterruptedException {
    var file = folder.resolve("pigsty.yml");
    var other =
        """
            pg-b: { hosts: { 10.0.9.1: { pg_seq: 1, pg_role: %s } }, vars: { pg_cluster: pg-b } }
        """;
    Files.writeString(file, inventory(2) + other.formatted("master"));
    Supplier<Config> load =
        () ->
            Config.load(
                Optional.empty(),
                List.of(file.toString()),
                Map.of("PGTOPO_INTERVAL", "100ms", "PGTOPO_CRAWL_ENABLED", "false"));
    var context = context(DaemonTest::answer, () -> World.START);

    try (var daemon = Daemon.start(load.get(), load, context, 0)) {
      await("the sound cluster is watched", () -> watched(daemon) == 2);
      assertThat(get(daemon, "/metrics")).contains("pgtopo_config_clusters_not_watched 1.0");
      assertThat(get(daemon, "/readyz?verbose")).contains("\"notWatched\" : [ \"pg-b\" ]");

      Files.writeString(file, inventory(2) + other.formatted("primary"));
      await("the other one is watched too", () -> watched(daemon) == 3);
      assertThat(get(daemon, "/metrics")).contains("pgtopo_config_clusters_not_watched 0.0");

      Files.writeString(file, inventory(2) + other.formatted("replicas"));
      await(
          "an error in a watched cluster changes nothing",
          () -> text(daemon, "/metrics").contains("pgtopo_config_last_reload_successful 0.0"));
      assertThat(watched(daemon)).isEqualTo(3);
    }
  }

  private static Optional<Double> since(Daemon daemon) {
    return text(daemon, "/metrics")
        .lines()
        .filter(line -> line.startsWith("pgtopo_drift_since_timestamp_seconds{"))
        .filter(line -> line.contains("kind=\"instance_unreachable\""))
        .map(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst();
  }

  @Test
  void a_restarted_daemon_keeps_since(@TempDir Path folder) throws IOException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(2));
    Supplier<Config> load =
        () ->
            Config.load(
                Optional.empty(),
                List.of(file.toString()),
                Map.of(
                    "PGTOPO_INTERVAL",
                    "100ms",
                    "PGTOPO_STATE_DIRECTORY",
                    folder.resolve("state").toString()));
    var hours = new AtomicInteger();
    InstantSource clock = () -> World.START.plus(Duration.ofHours(hours.get()));
    Probe probe =
        endpoint ->
            endpoint.equals(World.endpoint(2))
                ? Server.silent(2, Failure.Kind.REFUSED, "staged by the test")
                : answer(endpoint);
    var context = context(probe, clock);
    try (var daemon = Daemon.start(load.get(), load, context, 0)) {
      await("the drift is seen", () -> since(daemon).isPresent());
    }

    hours.set(1);
    try (var daemon = Daemon.start(load.get(), load, context, 0)) {
      await("the drift is seen again", () -> since(daemon).isPresent());

      assertThat(since(daemon)).contains((double) World.START.getEpochSecond());
    }
  }

  @Test
  void a_reload_that_is_requested_needs_no_change(@TempDir Path folder) throws IOException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(1));
    var loads = new AtomicInteger();
    Supplier<Config> load =
        () -> {
          loads.incrementAndGet();
          return Config.load(
              Optional.empty(),
              List.of(file.toString()),
              Map.of("PGTOPO_INTERVAL", "100ms", "PGTOPO_CRAWL_ENABLED", "false"));
        };
    var context = context(DaemonTest::answer, () -> World.START);

    try (var daemon = Daemon.start(load.get(), load, context, 0)) {
      await("a cycle has ended", () -> daemon.latest().isPresent());
      assertThat(loads).hasValue(1);

      daemon.reload();

      await("it was read again", () -> loads.get() == 2);
    }
  }

  @Test
  void a_reload_that_fails_is_exposed_and_survived() {
    Supplier<Config> load =
        () -> {
          throw new IllegalStateException("staged by the test");
        };
    var context = context(DaemonTest::answer, () -> World.START);

    try (var daemon = Daemon.start(config(8432), load, context, 0)) {
      await("a cycle has ended", () -> daemon.latest().isPresent());

      daemon.reload();

      await(
          "the failed reload is exposed",
          () -> text(daemon, "/metrics").contains("pgtopo_config_last_reload_successful 0.0"));
      var cycles = cycles(daemon);
      await("cycles go on", () -> cycles(daemon) > cycles);
    }
  }

  @Test
  void a_scrape_during_a_reload_is_whole(@TempDir Path folder) throws IOException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(1).replace("pg_seq: 1,", "pg_seq: 1, pg_port: 1,"));
    Files.writeString(file, Files.readString(file).replace("10.10.10.11", "127.0.0.1"));
    var declared = Config.load(Optional.empty(), List.of(file.toString()), Map.of()).inventory();
    var loads = new AtomicInteger();
    Supplier<Config> load =
        () -> {
          loads.incrementAndGet();
          return with(declared, 8432);
        };

    try (var daemon = Daemon.start(load.get(), load, Main.context(), 0);
        var client = HttpClient.newHttpClient();
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var scrapers =
          IntStream.range(0, 4)
              .mapToObj(
                  unused ->
                      clients.submit(
                          () -> {
                            while (loads.get() < 100) {
                              daemon.reload();
                              assertThat(get(client, daemon, "/metrics"))
                                  .containsOnlyOnce("\nhikaricp_connections{pool=\"postgres\"}")
                                  .containsOnlyOnce("\nhikaricp_connections_timeout_total{");
                            }
                            return loads;
                          }))
              .toList();

      for (var scraper : scrapers) {
        assertThatCode(scraper::get).doesNotThrowAnyException();
      }
    }
  }

  private static double cycles(Daemon daemon) {
    return text(daemon, "/metrics")
        .lines()
        .filter(line -> line.startsWith("pgtopo_cycles_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static String text(Daemon daemon, String path) {
    try {
      return get(daemon, path);
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void a_taken_address_is_the_users_mistake() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config = config(taken.getLocalPort());
      var context = context(DaemonTest::answer, () -> World.START);

      assertThatThrownBy(() -> Daemon.start(config, () -> config, context, taken.getLocalPort()))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining(
              "settings: listen: wanted an address that is available. Found: 127.0.0.1:");
    }
  }

  private static Observation answer(Endpoint endpoint) {
    var answer = ANSWERS.get(endpoint);
    if (answer == null) {
      throw new IllegalArgumentException(endpoint + " is not declared");
    }
    return answer;
  }

  private static CliContext context(Probe probe, InstantSource clock) {
    return new CliContext(
        settings -> new OpenProbe(probe, () -> {}, registry -> {}),
        clock::instant,
        Map.of(),
        List.of(),
        Style.PLAIN,
        Screen.NONE);
  }

  private static Config config(int port) {
    return with(World.INVENTORY, port);
  }

  private static Config with(Inventory declared, int port) {
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

  private static String get(Daemon daemon, String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return get(client, daemon, path);
    }
  }

  private static String get(HttpClient client, Daemon daemon, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + daemon.port() + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
