package io.pgtopo.exporter.daemon;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What monitoring costs a real PostgreSQL: pgtopo, and Debian's prometheus-postgres-exporter where
 * it is installed, one after the other on the same primary of one replica.
 */
class BesideAnotherExporterBenchmark {
  private static final Path OTHER = Path.of("/usr/bin/prometheus-postgres-exporter");
  private static final int MINUTES = Integer.getInteger("pgtopo.bench.minutes", 1);
  private static final int SCRAPE_EVERY_SECONDS = 15;
  private static final int SCRAPES = 50;

  @TempDir private Path folder = Path.of("");

  private final HttpClient client = HttpClient.newHttpClient();

  private long scrape(int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    var from = System.nanoTime();
    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(answer.body());
    }
    return System.nanoTime() - from;
  }

  /** What the processes of a server have used of processors, in nanoseconds. */
  private static long used(LabInstance instance) throws IOException {
    var postmaster =
        Long.parseLong(
            Files.readAllLines(instance.dataDirectory().resolve("postmaster.pid")).getFirst());
    var sum = scheduled(postmaster);
    try (var children = ProcessHandle.of(postmaster).orElseThrow().children()) {
      for (var child : children.toList()) {
        sum += scheduled(child.pid());
      }
    }
    return sum;
  }

  private static long scheduled(long process) throws IOException {
    try {
      return Long.parseLong(
          Files.readString(Path.of("/proc/" + process + "/schedstat")).split(" ", 2)[0]);
    } catch (NoSuchFileException ended) {
      return 0;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** One line of the table. */
  private void measure(String name, LabInstance instance, WireTap tap, Optional<Integer> port)
      throws IOException, InterruptedException {
    if (port.isPresent()) {
      for (var i = 0; i < 5; i++) {
        scrape(port.get());
      }
    }
    var usedBefore = used(instance);
    var before = tap.count();
    var scrapes = MINUTES * 60 / SCRAPE_EVERY_SECONDS;
    for (var i = 0; i < scrapes; i++) {
      TimeUnit.SECONDS.sleep(SCRAPE_EVERY_SECONDS);
      if (port.isPresent()) {
        scrape(port.get());
      }
    }
    var asked = tap.count().since(before);
    var used = (used(instance) - usedBefore) / 1e6 / MINUTES;
    System.out.printf(
        "| %s | %.1f ms | %.1f | %.1f | %.1f |",
        name,
        used,
        asked.statements() / (double) MINUTES,
        asked.roundTrips() / (double) MINUTES,
        asked.connections() / (double) MINUTES);
    if (port.isEmpty()) {
      System.out.println(" | | |");
      return;
    }
    var quick = tap.count();
    var times = new ArrayList<Long>();
    for (var i = 0; i < SCRAPES; i++) {
      times.add(scrape(port.get()));
    }
    times.sort(null);
    var caused = tap.count().since(quick);
    System.out.printf(
        " %.1f ms | %.1f | %.1f |%n",
        times.get(SCRAPES / 2) / 1e6,
        caused.statements() / (double) SCRAPES,
        caused.roundTrips() / (double) SCRAPES);
  }

  @Test
  void run() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(OTHER), OTHER + " is not installed");
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);
      try (var tap = new WireTap(primary.host(), primary.port())) {
        System.out.println(
            "| | CPU of PostgreSQL a minute | statements a minute | round trips a minute |"
                + " connections a minute | time of a scrape | statements a scrape | round trips a"
                + " scrape |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        measure("no exporter", primary, tap, Optional.empty());
        pgtopo(primary, tap);
        other(primary, tap);
      }
    }
  }

  private void pgtopo(LabInstance primary, WireTap tap) throws IOException, InterruptedException {
    var inventory =
        Files.writeString(
            folder.resolve("pigsty.yml"),
            """
            all:
              children:
                pg-test:
                  hosts: { 127.0.0.1: { pg_seq: 1, pg_role: primary, pg_port: %d } }
                  vars: { pg_cluster: pg-test }
            """
                .formatted(tap.port()));
    Supplier<Config> load =
        () ->
            Config.load(
                Optional.empty(),
                List.of(inventory.toString()),
                Map.of(
                    "PGTOPO_CRAWL_ENABLED", "false",
                    "PGTOPO_CONNECTION_USER", "postgres",
                    "PGTOPO_CONNECTION_SSLMODE", "disable"));
    try (var daemon = Daemon.start(load.get(), load, RealServers.context(), 0)) {
      while (daemon.latest().isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      if (daemon.latest().orElseThrow().topology().instances().isEmpty()) {
        throw new IOException("no answer: " + daemon.latest().orElseThrow().topology());
      }
      measure("pgtopo, a poll every 5 s", primary, tap, Optional.of(daemon.port()));
    }
  }

  private void other(LabInstance primary, WireTap tap) throws IOException, InterruptedException {
    var port = freePort();
    var builder =
        new ProcessBuilder(OTHER.toString(), "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("other.txt").toFile());
    builder
        .environment()
        .put(
            "DATA_SOURCE_NAME",
            "postgresql://postgres@127.0.0.1:%d/postgres?sslmode=disable".formatted(tap.port()));
    var process = builder.start();
    try {
      TimeUnit.SECONDS.sleep(3);
      measure("prometheus-postgres-exporter 0.11.1", primary, tap, Optional.of(port));
    } finally {
      process.destroy();
      process.waitFor(5, TimeUnit.SECONDS);
    }
  }
}
