package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.LogFormat;
import io.pgtopo.config.settings.ServiceSources;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.Tracking;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.testing.Certificates;
import io.pgtopo.exporter.testing.Certificates.Identity;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever knocks does not starve who watches. Attacks and cycles are counted against each other, so
 * that a slow machine makes both slower.
 */
@Timeout(300)
class CyclesUnderAttackTest {
  private static final int CLIENTS = 40;

  /** Where polls waited for handshakes, one cycle took as long as thousands of them. */
  private static final int MOST_ATTACKS_PER_CYCLE = 100;

  private final AtomicLong polls = new AtomicLong();
  private final List<Observation> servers = Stories.healthy();
  private final Identity authority;
  private final Identity identity;
  private final SSLContext trusting;

  CyclesUnderAttackTest() throws Exception {
    authority = Certificates.authority("authority");
    identity = Certificates.issue("localhost", Certificates.ec(), authority);
    trusting = Certificates.trusting(authority);
  }

  private Daemon daemon() throws Exception {
    Map<Endpoint, Observation> byEndpoint =
        servers.stream().collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    Probe probe =
        endpoint -> {
          polls.incrementAndGet();
          return byEndpoint.getOrDefault(endpoint, servers.getFirst());
        };
    return SelfDefenceTest.daemon(probe, config());
  }

  private Config config() throws Exception {
    var tls =
        new WebAccess.TlsServer(
            new WebAccess.Material(
                "web.yml", identity.certificatePem(), new Secret(identity.keyPem())),
            new WebAccess.Clients(WebAccess.ClientAuth.NONE, Optional.empty(), List.of()),
            new WebAccess.Protocol(
                WebAccess.TlsVersion.TLS12,
                WebAccess.TlsVersion.TLS13,
                List.of(),
                WebAccess.CipherOrder.SERVER,
                List.of("X25519", "CurveP256")));
    var hash =
        OpenBSDBCrypt.generate("2y", "Sesame".getBytes(StandardCharsets.UTF_8), new byte[16], 10);
    var web =
        new Web(
            Web.DEFAULT.listen(),
            Optional.empty(),
            List.of(),
            new WebAccess(
                Optional.of(tls),
                new TreeMap<>(),
                new TreeMap<>(Map.of("alice", new Secret(hash))),
                Optional.empty()));
    return new Config(
        new Settings(
            Duration.ofMillis(20),
            Duration.ofSeconds(10),
            new Tracking(Duration.ZERO, Duration.ZERO, Optional.empty()),
            Crawl.OFF,
            ServiceSources.NONE,
            new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER),
            web,
            LogFormat.TEXT),
        World.INVENTORY,
        Policy.NONE,
        Optional.empty(),
        List.of(),
        List.of());
  }

  private long cycles() {
    return polls.get() / servers.size();
  }

  private SSLSocket shakeHands(int port) throws Exception {
    var socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(120_000);
    socket.startHandshake();
    return socket;
  }

  private void assertGoesOn(long attacksOfEach, Callable<?> attack) throws Exception {
    var before = cycles();
    var attacks = new ArrayList<Callable<Void>>();
    for (var client = 0; client < CLIENTS; client++) {
      attacks.add(
          () -> {
            for (var i = 0; i < attacksOfEach; i++) {
              attack.call();
            }
            return null;
          });
    }
    try (var threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (var done : threads.invokeAll(attacks)) {
        done.get();
      }
    }
    assertThat(CLIENTS * attacksOfEach / Math.max(1, cycles() - before))
        .as("attacks for each cycle")
        .isLessThan(MOST_ATTACKS_PER_CYCLE);
  }

  @Test
  void forty_clients_that_only_shake_hands_do_not_delay_the_cycles() throws Exception {
    try (var daemon = daemon()) {
      assertGoesOn(
          5,
          () -> {
            shakeHands(daemon.port()).close();
            return true;
          });
    }
  }

  @Test
  void forty_clients_that_guess_passwords_do_not_delay_the_cycles() throws Exception {
    var wrong = Base64.getEncoder().encodeToString("alice:Simsim".getBytes(StandardCharsets.UTF_8));
    var request =
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic "
            + wrong
            + "\r\n\r\n";
    try (var daemon = daemon()) {
      assertGoesOn(
          3,
          () -> {
            try (var socket = shakeHands(daemon.port())) {
              socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
              var answer =
                  new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
              assertThat(answer).isIn("HTTP/1.1 401", "HTTP/1.1 503");
            }
            return true;
          });
    }
  }
}
