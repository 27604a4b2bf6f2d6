package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Polls of servers that attack, in this process or in one with the memory of the service. */
final class HostilePolls {
  private static final int ROUNDS = 4;

  private HostilePolls() {}

  static JdbcProbe probe() {
    return new JdbcProbe(
        new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER),
        Duration.ofSeconds(2),
        InstantSource.system()::instant);
  }

  /**
   * Polls servers several times, all at once, in a process with the memory of the service, which
   * ends at the first OutOfMemoryError.
   *
   * @return the failure of each server, or {@code reachable}
   */
  static List<String> inSmallMemory(List<Endpoint> servers) throws IOException {
    var command =
        Stream.concat(
            Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-Xmn2m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                HostilePolls.class.getName()),
            servers.stream().map(server -> String.valueOf(server.port())));
    var process =
        new ProcessBuilder(command.toList()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return out.lines().toList();
  }

  /** The process. */
  public static void main(String[] ports) throws Exception {
    var servers =
        Arrays.stream(ports)
            .map(port -> new Endpoint("127.0.0.1", Integer.parseInt(port)))
            .toList();
    var last = new ArrayList<String>();
    try (var probe = probe();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var round = 0; round < ROUNDS; round++) {
        last.clear();
        var polls = servers.stream().map(it -> threads.submit(() -> probe.observe(it))).toList();
        for (var poll : polls) {
          last.add(outcome(poll.get()));
        }
      }
    }
    last.forEach(System.out::println);
    System.exit(0);
  }

  static String outcome(Observation observation) {
    return switch (observation) {
      case Observation.Reachable well -> "reachable";
      case Observation.Unreachable(var endpoint, var window, var failure) ->
          failure.kind().label() + ": " + failure.message();
    };
  }
}
