package io.pgtopo.exporter.daemon;

import static io.pgtopo.exporter.daemon.StagedDaemon.answer;
import static io.pgtopo.exporter.daemon.StagedDaemon.await;
import static io.pgtopo.exporter.daemon.StagedDaemon.config;
import static io.pgtopo.exporter.daemon.StagedDaemon.context;
import static io.pgtopo.exporter.daemon.StagedDaemon.get;
import static io.pgtopo.exporter.daemon.StagedDaemon.inventory;
import static io.pgtopo.exporter.daemon.StagedDaemon.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DaemonTest {
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
  void a_taken_address_is_the_users_mistake() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config = config(taken.getLocalPort());
      var context = context(StagedDaemon::answer, () -> World.START);

      assertThatThrownBy(() -> Daemon.start(config, () -> config, context, taken.getLocalPort()))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining(
              "settings: listen: wanted an address that is available. Found: 127.0.0.1:");
    }
  }
}
