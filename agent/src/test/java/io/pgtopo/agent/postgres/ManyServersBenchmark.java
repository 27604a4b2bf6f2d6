package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.HostileServer.Cell;
import io.pgtopo.agent.postgres.HostileServer.Manner;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Connection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Very many servers from the first contact on, each a cluster of its own, in a process with few
 * processors and little memory. The servers are one more process that speaks PostgreSQL's protocol
 * at many addresses; its processor time is not the agent's.
 */
class ManyServersBenchmark {
  private static final int CYCLES = 12;
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  @ParameterizedTest
  @CsvSource({"250, 1, 64", "1000, 1, 160", "5000, 2, 640"})
  void all_answer_after_a_few_cycles_and_none_is_ever_blamed(
      int servers, int processors, int heapMegabytes, @TempDir Path directory) throws Exception {
    try (var fleet = process("-Xmx1g", Fleet.class, "");
        var output = fleet.output()) {
      var inventory = directory.resolve("pigsty.yml");
      Files.writeString(inventory, inventory(servers, Integer.parseInt(output.readLine())));
      try (var agent =
              process(
                  "-Xmx%dm".formatted(heapMegabytes),
                  AgentProcess.class,
                  inventory.toString(),
                  "-XX:ActiveProcessorCount=" + processors,
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1");
          var lines = agent.output()) {
        var cycles = lines.lines().toList();
        System.out.printf(
            "%d servers, %d processors, heap of %d MB%n", servers, processors, heapMegabytes);
        cycles.forEach(System.out::println);

        assertThat(cycles).hasSize(CYCLES).allMatch(line -> line.contains(" blamed 0,"));
        assertThat(cycles.getLast()).startsWith("answered %d,".formatted(servers));
      }
    }
  }

  /** A process of this Java, ended at the latest when it is closed. */
  private record Child(Process process) implements AutoCloseable {
    BufferedReader output() {
      return new BufferedReader(
          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static Child process(String heap, Class<?> main, String argument, String... options)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(heap);
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), argument));
    return new Child(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  private static String inventory(int servers, int port) {
    var text = new StringBuilder("all:\n  children:\n");
    for (var i = 0; i < servers; i++) {
      text.append(
          "    pg-%d: { hosts: { 127.9.%d.%d: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-%d, pg_port: %d } }%n"
              .formatted(i, i / 250, 1 + i % 250, i, port));
    }
    return text.toString();
  }

  /** Primaries at all addresses of 127.0.0.0/8. */
  static final class Fleet {
    private Fleet() {}

    public static void main(String[] arguments) throws Exception {
      try (var server = HostileServer.atAllAddresses(manner())) {
        System.out.println(server.endpoint().port());
        System.in.transferTo(System.out);
      }
    }

    private static Manner manner() {
      return new Manner() {
        @Override
        public List<Cell> row(String sql) {
          return HostileRows.of(sql);
        }

        @Override
        public List<Cell> row(String sql, InetAddress server) {
          return row(sql).stream().map(cell -> of(server, cell)).toList();
        }
      };
    }

    private static Cell of(InetAddress server, Cell cell) {
      var address = server.getAddress();
      return switch (cell.name()) {
        case "system_identifier" ->
            cell.with("70000000000%03d%03d".formatted(address[2] & 255, address[3] & 255));
        case "server_host" -> cell.with(server.getHostAddress());
        case "wal_receiver", "wal_senders", "slots" -> cell.with(null);
        default -> cell;
      };
    }
  }

  /** The agent, cycle after cycle without a pause. */
  static final class AgentProcess {
    private AgentProcess() {}

    public static void main(String[] arguments) throws Exception {
      var config = Config.load(Optional.empty(), List.of(arguments), Map.of());
      var clock = InstantSource.system();
      var login =
          new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER);
      try (var probe = new JdbcProbe(login, DEADLINE, clock::instant);
          var agent =
              new Agent(
                  config.inventory(),
                  Policy.NONE,
                  probe,
                  DEADLINE.plusMillis(500),
                  new Hysteresis(Duration.ofSeconds(15)),
                  clock::instant,
                  new Agent.Horizon(Crawl.OFF, host -> List.of()),
                  snapshot -> {})) {
        for (var cycle = 0; cycle < CYCLES; cycle++) {
          var before = cpuMillis();
          var snapshot = agent.cycle();
          System.out.println(line(snapshot, cpuMillis() - before));
        }
      }
      System.exit(0);
    }

    private static String line(Snapshot snapshot, long cpuMillis) {
      var failures =
          snapshot.observations().stream()
              .flatMap(
                  it ->
                      it instanceof Observation.Unreachable silent
                          ? Stream.of(silent.failure())
                          : Stream.empty())
              .toList();
      var blamed = failures.stream().filter(failure -> !failure.kind().isOwn()).toList();
      var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
      return "answered %d, blamed %d, without a turn %d, %d ms, %d ms of CPU, heap of %d MB%s"
          .formatted(
              snapshot.observations().size() - failures.size(),
              blamed.size(),
              failures.size() - blamed.size(),
              snapshot.window().length().toMillis(),
              cpuMillis,
              memory.getUsed() >> 20,
              blamed.stream().findFirst().map(it -> " " + it.message()).orElse(""));
    }

    private static long cpuMillis() {
      var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return system.getProcessCpuTime() / 1_000_000;
    }
  }
}
