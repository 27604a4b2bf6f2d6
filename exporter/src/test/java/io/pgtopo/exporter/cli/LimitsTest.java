package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.testing.Launched;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process under limits of the operating system. */
@Timeout(300)
class LimitsTest {
  private static List<String> limited(String limit, List<String> options, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                limit + "; exec \"$@\"",
                "limited",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  @Test
  void without_files_it_ends() throws Exception {
    var command =
        limited(
            "ulimit -n 40", List.of(), "run", "--inventory", "src/test/resources/no_such_file.yml");

    var outcome = Launched.outcome(Launched.start(Map.of(), command));

    assertThat(outcome.status()).as(outcome.err()).isEqualTo(1);
  }

  /** Stacks of half a GiB in so many KiB of addresses leave room for ever more threads. */
  @Test
  void with_few_threads_it_ends_or_it_answers(@TempDir Path folder) throws Exception {
    for (var kibibytes : List.of(7_000_000, 9_000_000, 10_000_000, 11_000_000, 13_000_000)) {
      endsOrAnswers(kibibytes, folder);
    }
  }

  private static void endsOrAnswers(int kibibytes, Path folder) throws Exception {
    var inventory =
        Files.writeString(
            folder.resolve("pigsty.yml"),
            """
            all:
              children:
                pg-test:
                  hosts: { 127.0.0.1: { pg_seq: 1, pg_role: primary, pg_port: 1 } }
                  vars: { pg_cluster: pg-test }
            """);
    var port = freePort();
    var command =
        limited(
            "ulimit -v " + kibibytes,
            List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:CompressedClassSpaceSize=64m",
                "-Xmx64m",
                "-Xss512m"),
            "run",
            "--inventory",
            inventory.toString());
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("PGTOPO_LISTEN", "127.0.0.1:" + port);
    var log = folder.resolve("log");
    var process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      while (!answers(port) && !process.waitFor(50, TimeUnit.MILLISECONDS)) {
        assertThat(log).exists();
      }

      if (!process.isAlive()) {
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(log).content().contains("cannot go on; is a limit of open files, threads");
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether there are metrics of a cycle. */
  private static boolean answers(int port) {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
              .timeout(Duration.ofSeconds(10))
              .build();
      return client
          .send(request, HttpResponse.BodyHandlers.ofString())
          .body()
          .contains("pgtopo_up{");
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
