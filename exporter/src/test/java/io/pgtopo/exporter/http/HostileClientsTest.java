package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.settings.Web;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.web.Listener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who reads slowly, asks the wrong way, or writes into the log. */
@Timeout(180)
class HostileClientsTest {
  private static final String SCRAPE = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** So little that an answer cannot hide in the kernel. */
  private static final int SMALL_BUFFER = 4096;

  private static Socket slow(Site site) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.setSoTimeout(30_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), site.port()));
    socket.getOutputStream().write(SCRAPE.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static long usedMemory() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** How many bytes come before the other end closes, or breaks off. */
  private static long readToTheEnd(InputStream in, Duration pause) {
    var count = 0L;
    var buffer = new byte[1024];
    try {
      int read;
      while ((read = in.read(buffer)) >= 0) {
        count += read;
        LockSupport.parkNanos(pause.toNanos());
      }
    } catch (IOException reset) {
      return count;
    }
    return count;
  }

  private static long lengthOfAnswer(Site site) throws IOException, InterruptedException {
    return site.get("/metrics").body().length();
  }

  @Test
  void who_reads_bit_by_bit_is_sent_away() throws IOException, InterruptedException {
    var limits = new Listener.Limits(256, Duration.ofMillis(500));
    var fleet = Fleet.snapshot(500);
    try (var site = new Site(Web.DEFAULT, limits, World.config());
        var patient = new Site()) {
      patient.show(fleet, Duration.ofSeconds(1));
      var length = lengthOfAnswer(patient);
      site.show(fleet, Duration.ofSeconds(1));
      try (var reader = slow(site)) {
        assertThat(readToTheEnd(reader.getInputStream(), Duration.ofMillis(2)))
            .isPositive()
            .isLessThan(length);
      }
      assertThat(site.get("/livez").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void who_never_reads_keeps_no_old_snapshot_in_memory() throws IOException, InterruptedException {
    var limits = new Listener.Limits(256, Duration.ofSeconds(10), 1 << 20);
    var log = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (var site = new Site(Web.DEFAULT, limits, World.config())) {
      site.show(Fleet.snapshot(500), Duration.ofSeconds(1));
      var length = lengthOfAnswer(site);
      assertThat(length).isGreaterThan(6L << 20);
      var memory = usedMemory();
      var readers = new ArrayList<Socket>();
      for (var i = 0; i < 12; i++) {
        site.show(Fleet.snapshot(500), Duration.ofSeconds(1));
        var reader = slow(site);
        readers.add(reader);
        assertThat(reader.getInputStream().read()).isEqualTo('H');
      }

      // Twelve texts would be more than twice as much.
      assertThat(usedMemory() - memory).isLessThan(6 * length);
      assertThat(readToTheEnd(readers.getFirst().getInputStream(), Duration.ZERO))
          .isLessThan(length);
      assertThat(readToTheEnd(readers.getLast().getInputStream(), Duration.ZERO))
          .isGreaterThanOrEqualTo(length);
      for (var reader : readers) {
        reader.close();
      }
      assertThat(site.get("/livez").statusCode()).isEqualTo(200);
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void what_is_requested_never_comes_into_the_log() throws IOException {
    var log = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
      for (var line :
          List.of(
              "GET /%0aERROR%20forged HTTP/1.1",
              "GET /api/v1/drift?cluster=%0aERROR%20forged HTTP/1.1",
              "GET /\u001b[2J HTTP/1.1",
              "FORGED\u001b[2J /livez HTTP/1.1",
              "GET /livez HTTP/1.1\r\nX-Forged: \u001b[2J\u0000",
              "POST /api/v1/maintenance HTTP/1.1\r\nContent-Length: 0")) {
        Wire.ask(site.port(), line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      }
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void no_path_answers_another_method() throws IOException, InterruptedException {
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
      for (var path :
          List.of(
              "/",
              "/metrics",
              "/livez",
              "/readyz",
              "/primary",
              "/sd",
              "/api/v1/drift",
              "/api/v1/snapshot",
              "/api/v1/events",
              "/api/v1/openapi.json")) {
        for (var method : List.of("POST", "PUT", "DELETE", "PATCH")) {
          var answer = site.send(method, path);

          assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(405);
          assertThat(answer.body()).contains("\"status\" : 405").doesNotContain("pg-test");
          assertThat(site.send(method, path, "X-HTTP-Method-Override", "GET").statusCode())
              .isEqualTo(405);
        }
      }
      assertThat(site.send("GET", "/-/reload", "X-HTTP-Method-Override", "POST").body())
          .contains("X-HTTP-Method-Override is not allowed");
      for (var method : List.of("PUT", "DELETE", "PATCH")) {
        for (var path : List.of("/-/reload", "/api/v1/maintenance", "/api/v1/maintenance/end")) {
          assertThat(site.send(method, path).statusCode()).isEqualTo(405);
        }
      }
    }
  }
}
