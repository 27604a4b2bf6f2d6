package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabNetwork;
import io.pgtopo.lab.LabOptions;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What many targets cost: one server behind the many addresses of the loopback interface. */
class FleetIT {
  private static final System.Logger LOG = System.getLogger("fleet");
  private static final int TARGETS = 500;
  private static final int MOST_MORE_THREADS = 20;
  private static final long MOST_HEAP_BYTES = 120_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Long enough for a machine that starts so many backends at once. */
  private static final Duration DEADLINE = Duration.ofSeconds(8);

  @Test
  void five_hundred_targets_share_few_threads_and_little_memory() throws Exception {
    var options =
        new LabOptions(
            Postgres.version(18), LabNetwork.LOOPBACK, OptionalInt.of(freePort()), progress -> {});
    try (var lab = Lab.open(options);
        var probe = new JdbcProbe(Polls.LOGIN, DEADLINE, InstantSource.system()::instant)) {
      var port = everywhere(lab);
      var targets =
          IntStream.range(0, TARGETS)
              .mapToObj(i -> new Endpoint("127.80." + i / 250 + "." + (1 + i % 250), port))
              .toList();
      assertThat(probe.observe(targets.getFirst())).isInstanceOf(Observation.Reachable.class);
      var threadsBefore = osThreads();
      var heapBefore = heapBytes();

      untilAllAreReachable(probe, targets);

      var sweepMillis = fastestSweepMillis(probe, targets);
      // Other tests of this process may have left threads.
      var threads = osThreads() - threadsBefore;
      var heapPerTarget = (heapBytes() - heapBefore) / TARGETS;
      LOG.log(
          System.Logger.Level.INFO,
          "%d targets: %d more OS threads, %d bytes of heap a target, the fastest of 5 sweeps %d ms"
              .formatted(TARGETS, threads, heapPerTarget, sweepMillis));
      assertThat(threads).isLessThan(MOST_MORE_THREADS);
      assertThat(heapPerTarget).isLessThan(MOST_HEAP_BYTES);
    }
  }

  /** Starts a server that listens on all addresses; returns its port. */
  private static int everywhere(Lab lab) {
    return lab.cluster("pg-test")
        .primary(
            1,
            plan ->
                plan.set("listen_addresses", "0.0.0.0").set("max_connections", "" + 2 * TARGETS))
        .start()
        .instance(1)
        .port();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void untilAllAreReachable(JdbcProbe probe, List<Endpoint> targets)
      throws InterruptedException, ExecutionException {
    var end = Instant.now().plus(PATIENCE);
    while (sweep(probe, targets) < TARGETS) {
      assertThat(Instant.now()).isBefore(end);
    }
  }

  private static long fastestSweepMillis(JdbcProbe probe, List<Endpoint> targets)
      throws InterruptedException, ExecutionException {
    var fastest = Long.MAX_VALUE;
    for (var i = 0; i < 5; i++) {
      var started = System.nanoTime();
      assertThat(sweep(probe, targets)).isEqualTo(TARGETS);
      fastest = Math.min(fastest, (System.nanoTime() - started) / 1_000_000);
    }
    return fastest;
  }

  /** Polls all at once; returns how many answered. */
  private static long sweep(JdbcProbe probe, List<Endpoint> targets)
      throws InterruptedException, ExecutionException {
    var polls =
        targets.stream().map(target -> new FutureTask<>(() -> probe.observe(target))).toList();
    polls.forEach(Thread.ofVirtual()::start);
    var answers = 0;
    for (var poll : polls) {
      answers += poll.get() instanceof Observation.Reachable ? 1 : 0;
    }
    return answers;
  }

  private static long heapBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static long osThreads() throws IOException {
    try (var threads = Files.list(Path.of("/proc/self/task"))) {
      return threads.count();
    }
  }
}
