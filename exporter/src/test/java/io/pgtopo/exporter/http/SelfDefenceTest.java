package io.pgtopo.exporter.http;

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
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No client delays a cycle or another client, or fills the memory. */
@Timeout(180)
class SelfDefenceTest {
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final int SCRAPERS = 50;
  private static final String SCRAPE = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LIVE = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private static Daemon daemon(List<Observation> answers, Config config) {
    Map<Endpoint, Observation> byEndpoint =
        answers.stream().collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    return daemon(endpoint -> byEndpoint.getOrDefault(endpoint, answers.getFirst()), config);
  }

  /** A daemon at any port. */
  static Daemon daemon(Probe probe, Config config) {
    return Daemon.start(
        config,
        () -> config,
        new CliContext(
            settings -> new OpenProbe(probe, () -> {}, registry -> {}),
            Clock.systemUTC()::instant,
            Map.of(),
            List.of(),
            Style.PLAIN,
            Screen.NONE),
        0);
  }

  private static Config config(Inventory inventory) {
    return new Config(
        new Settings(
            INTERVAL,
            Duration.ofSeconds(10),
            new Tracking(Duration.ZERO, Duration.ZERO, Optional.empty()),
            Crawl.OFF,
            new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER),
            new Endpoint("127.0.0.1", 8432)),
        inventory,
        Policy.NONE,
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static double cycles(Daemon daemon) throws IOException {
    var text = Wire.ask(daemon.port(), SCRAPE.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    return text.lines()
        .filter(line -> line.startsWith("pgtopo_cycles_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  /** Reads one answer with a Content-Length, and returns how long its body is. */
  private static int read(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      var next = in.read();
      assertThat(next).isNotEqualTo(-1);
      head.append((char) next);
    }
    assertThat(head).startsWith("HTTP/1.1 200");
    var length =
        head.toString()
            .lines()
            .filter(line -> line.startsWith("Content-Length: "))
            .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
            .findFirst()
            .orElseThrow();
    assertThat(in.readNBytes(length)).hasSize(length);
    return length;
  }

  private static Callable<Integer> client(Daemon daemon, String request, int times) {
    return () -> {
      try (var wire = new Wire(daemon.port())) {
        var bytes = 0;
        for (var i = 0; i < times; i++) {
          wire.send(request);
          bytes += read(wire.in());
        }
        return bytes;
      }
    };
  }

  private static void all(List<Callable<Integer>> clients)
      throws InterruptedException, ExecutionException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answered : executor.invokeAll(clients)) {
        assertThat(answered.get()).isPositive();
      }
    }
  }

  private static long usedMemory() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void fifty_scrapers_and_thousands_of_requests_neither_stop_cycles_nor_fill_the_memory()
      throws IOException, InterruptedException, ExecutionException {
    try (var daemon = daemon(Stories.healthy(), config(World.INVENTORY))) {
      all(List.of(client(daemon, SCRAPE, 100), client(daemon, LIVE, 100)));
      var memory = usedMemory();
      var before = cycles(daemon);
      var from = System.nanoTime();
      var clients = new ArrayList<Callable<Integer>>();
      for (var i = 0; i < SCRAPERS; i++) {
        clients.add(client(daemon, SCRAPE, 20));
        clients.add(client(daemon, LIVE, 200));
      }

      all(clients);

      var seconds = (System.nanoTime() - from) / 1e9;
      var perSecond = (cycles(daemon) - before) / seconds;
      // Undisturbed there are almost 50; a cycle that waited for scrapes would not come at all.
      assertThat(perSecond).as("cycles a second").isGreaterThan(2);
      assertThat(usedMemory() - memory).as("bytes kept").isLessThan(64L << 20);
    }
  }

  @Test
  void a_client_that_does_not_read_or_does_not_send_blocks_no_other()
      throws IOException, InterruptedException, ExecutionException {
    var fleet = Fleet.snapshot(250);
    try (var daemon = daemon(fleet.observations(), config(fleet.inventory()))) {
      all(List.of(client(daemon, LIVE, 1)));
      var idle = new ArrayList<Wire>();
      for (var i = 0; i < 60; i++) {
        idle.add(new Wire(daemon.port()).send(SCRAPE));
        idle.add(new Wire(daemon.port()));
        idle.add(new Wire(daemon.port()).send("GET /metrics HTTP/1.1\r\nHost: loc"));
      }
      var before = cycles(daemon);

      all(List.of(client(daemon, SCRAPE, 5), client(daemon, LIVE, 100)));

      while (cycles(daemon) < before + 3) {
        Thread.onSpinWait();
      }
      // The others have been answered too, as far as they read.
      assertThat(new String(idle.getFirst().in().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      for (var wire : idle) {
        wire.close();
      }
    }
  }
}
