package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Polls that fail leave nothing behind: no thread, virtual or not, and no socket. */
class LeakIT {
  private static final Duration DEADLINE = Duration.ofMillis(400);
  private static final int ROUNDS = 10;
  private static final int PROBES = 25;

  @Test
  void a_thousand_polls_that_fail_leave_no_thread_and_no_socket() throws Exception {
    try (var lab = Lab.open(Postgres.version(18), progress -> {});
        var silent = Impostor.silent();
        var blackHole = Impostor.blackHole()) {
      // The queue of a frozen server is twice as long; once it is full, it is a black hole.
      var server =
          lab.cluster("pg-test")
              .primary(1, plan -> plan.set("max_connections", "1000"))
              .start()
              .instance(1);
      var targets =
          Map.of(
              Impostor.withoutListener(), Kind.REFUSED,
              silent.endpoint(), Kind.HUNG,
              blackHole.endpoint(), Kind.TIMEOUT,
              Polls.endpoint(server), Kind.HUNG);
      var probes = new ArrayList<JdbcProbe>();
      for (var i = 0; i < PROBES; i++) {
        probes.add(new JdbcProbe(Polls.LOGIN, DEADLINE, InstantSource.system()::instant));
      }
      probes.forEach(probe -> Polls.untilReachable(() -> probe.observe(Polls.endpoint(server))));
      server.freeze();
      poll(probes, targets);
      var before = socketsAtRest(silent);

      for (var round = 0; round < ROUNDS; round++) {
        poll(probes, targets);
      }

      assertThat(socketsAtRest(silent)).isEqualTo(before);
      server.thaw();
      for (var probe : probes) {
        // It first has to deal with all who left.
        Polls.untilReachable(() -> probe.observe(Polls.endpoint(server)));
        probe.close();
      }
    }
  }

  /** Each probe polls each target, all at once. */
  private static void poll(List<JdbcProbe> probes, Map<Endpoint, Kind> targets)
      throws InterruptedException, ExecutionException {
    var polls =
        targets.keySet().stream()
            .flatMap(
                target ->
                    probes.stream().map(probe -> new FutureTask<>(() -> probe.observe(target))))
            .toList();
    polls.forEach(Thread.ofVirtual()::start);
    for (var poll : polls) {
      var observation = (Observation.Unreachable) poll.get();
      assertThat(observation.failure().kind()).isEqualTo(targets.get(observation.endpoint()));
    }
  }

  /** The number of open sockets as soon as no thread of a probe is left. */
  private static long socketsAtRest(Impostor silent) throws IOException {
    silent.hangUp();
    var end = Instant.now().plusSeconds(120);
    while (threads() > 0) {
      assertThat(Instant.now()).as("%d threads are left", threads()).isBefore(end);
    }
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(LeakIT::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException gone) {
      return false;
    }
  }

  /** Threads of polls, lookups and pools, which are virtual: only a dump lists them. */
  private static long threads() throws IOException {
    var file = Files.createTempDirectory("pgtopo").resolve("threads");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.matches("#\\d+ \"(poll|lookup|pool-).*")).count();
    } finally {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }
}
