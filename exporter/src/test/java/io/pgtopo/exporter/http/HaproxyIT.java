package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
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
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real HAProxy, configured as the document says, asks one agent about instances by name. */
@Timeout(60)
class HaproxyIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "integrations.md");

  @TempDir private Path directory;

  @Test
  void a_central_balancer_follows_the_primary() throws IOException, InterruptedException {
    var haproxy = Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy").map(Path::of).toList();
    assumeThat(haproxy).as("HAProxy").anyMatch(Files::isExecutable);
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
      var statistics = freePort();
      var config = Files.writeString(directory.resolve("haproxy.cfg"), config(site, statistics));
      var program = haproxy.stream().filter(Files::isExecutable).findFirst().orElseThrow();
      var process =
          new ProcessBuilder(program.toString(), "-db", "-f", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("haproxy.log").toFile())
              .start();
      try {
        await(statistics, List.of("pg-test-1,UP", "pg-test-2,DOWN"));

        site.show(World.firstSight(Stories.promotedByHand()), Duration.ofSeconds(1));

        await(statistics, List.of("pg-test-1,DOWN", "pg-test-2,UP"));
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static String config(Site site, int statistics) throws IOException {
    var section = Files.readString(DOCUMENT).split("## A central load balancer", 2)[1];
    var matcher = Pattern.compile("```\n(backend .*?)```", Pattern.DOTALL).matcher(section);
    assertThat(matcher.find()).isTrue();
    var backend =
        matcher
            .group(1)
            .replace("addr 10.10.10.5 port 8432", "addr 127.0.0.1 port " + site.port())
            .replace("inter 3s", "inter 200ms");
    return """
        defaults
            timeout connect 2s
            timeout client 2s
            timeout server 2s
        listen statistics
            mode http
            bind 127.0.0.1:%d
            stats enable
            stats uri /
        %s"""
        .formatted(statistics, backend);
  }

  /** Until it reports these states: a column of names, and one of states. */
  private void await(int statistics, List<String> states) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + statistics + "/;csv")).build();
    var last = "";
    try (var client = HttpClient.newHttpClient()) {
      for (var attempt = 0; attempt < 300; attempt++) {
        try {
          last = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException startsStill) {
          last = startsStill.toString();
        }
        var seen =
            last.lines()
                .map(line -> line.split(",", -1))
                .filter(columns -> columns.length > 17)
                .map(columns -> columns[1] + "," + columns[17])
                .toList();
        if (seen.containsAll(states)) {
          return;
        }
        Thread.sleep(100);
      }
    }
    throw new AssertionError(
        states + " wanted\n" + last + Files.readString(directory.resolve("haproxy.log")));
  }

  private static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
