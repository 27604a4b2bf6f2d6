package io.pgtopo.exporter.daemon;

import static io.pgtopo.exporter.daemon.StagedDaemon.await;
import static io.pgtopo.exporter.daemon.StagedDaemon.config;
import static io.pgtopo.exporter.daemon.StagedDaemon.context;
import static io.pgtopo.exporter.daemon.StagedDaemon.get;
import static io.pgtopo.exporter.daemon.StagedDaemon.inventory;
import static io.pgtopo.exporter.daemon.StagedDaemon.loading;
import static io.pgtopo.exporter.daemon.StagedDaemon.text;
import static io.pgtopo.exporter.daemon.StagedDaemon.watched;
import static io.pgtopo.exporter.daemon.StagedDaemon.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DaemonReloadTest {
  @Test
  void a_changed_inventory_is_taken_over_and_a_broken_one_is_not(@TempDir Path folder)
      throws IOException, InterruptedException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(2));
    var load = loading(file);
    var context = context(StagedDaemon::answer, () -> World.START);

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
    var load = loading(file);
    var context = context(StagedDaemon::answer, () -> World.START);

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

  @Test
  void a_reload_that_is_requested_needs_no_change(@TempDir Path folder) throws IOException {
    var file = folder.resolve("pigsty.yml");
    Files.writeString(file, inventory(1));
    var loads = new AtomicInteger();
    Supplier<Config> load =
        () -> {
          loads.incrementAndGet();
          return loading(file).get();
        };
    var context = context(StagedDaemon::answer, () -> World.START);

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
    var context = context(StagedDaemon::answer, () -> World.START);

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
}
