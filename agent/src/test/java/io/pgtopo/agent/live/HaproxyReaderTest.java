package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.fetch.BasicLogin;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.haproxy.HaproxyReader;
import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.BalancerReport.ServerUse;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands where an HAProxy should report. */
@Timeout(60)
class HaproxyReaderTest {
  private static final String METRICS =
      """
      # TYPE haproxy_backend_active_servers gauge
      haproxy_backend_active_servers{proxy="pg-test-replica"} 1
      haproxy_backend_backup_servers{proxy="pg-test-replica"} 1
      haproxy_backend_unheard_of{proxy="pg-test-replica"} NaN
      haproxy_server_sessions_total{proxy="pg-test-replica",server="pg-test-1"} 0
      haproxy_server_sessions_total{proxy="pg-test-replica",server="pg-test-2"} 12
      haproxy_server_status{proxy="pg-test-replica",server="pg-test-1",state="DOWN"} 0
      haproxy_server_status{proxy="pg-test-replica",server="pg-test-1",state="UP"} 1
      haproxy_server_status{proxy="pg-test-replica",server="pg-test-2",state="DOWN"} 0
      haproxy_server_status{proxy="pg-test-replica",server="pg-test-2",state="DRAIN"} 1
      haproxy_server_weight{proxy="pg-test-replica",server="pg-test-1"} 100
      haproxy_server_weight{proxy="pg-test-replica",server="pg-test-2"} 50
      """;

  private static final String STATISTICS =
      """
      # pxname,svname,scur,stot,status,weight,act,bck,last_chk,
      pg-test-replica,FRONTEND,0,12,OPEN,,,,,
      pg-test-replica,pg-test-1,0,0,UP 2/3,100,0,1,"as ""200"", it says",
      pg-test-replica,pg-test-2,0,12,no check,50,1,0,,
      pg-test-replica,BACKEND,0,12,UP,50,1,1,,
      """;

  private final Fetcher fetcher =
      new Fetcher(MachineLoad.allowed(Duration.ofSeconds(2)), 1 << 20, Optional.empty());

  @AfterEach
  void close() {
    fetcher.close();
  }

  private Reply read(Endpoint address, Optional<BasicLogin> login) {
    var reader =
        new HaproxyReader(
            fetcher, login, it -> Optional.of("/stats/"), InstantSource.system()::instant);
    var report = reader.read(address);

    assertThat(report.address()).isEqualTo(address);
    return report.reply();
  }

  private static Optional<BasicLogin> login() {
    return Optional.of(new BasicLogin("haproxy", new Secret("correct horse")));
  }

  /** The kind and the message of a failure. */
  private String failure(WebImpostor at) {
    return switch (read(at.endpoint(), login())) {
      case Reply.Running running -> "none";
      case Reply.Silent(var failure) -> failure.kind().label() + ": " + failure.message();
    };
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Test
  void without_a_login_it_is_unknown_who_is_a_backup() throws IOException {
    try (var haproxy = WebImpostor.of(path -> METRICS)) {
      assertThat(read(haproxy.endpoint(), Optional.empty()))
          .isEqualTo(
              new Reply.Running(
                  new TreeMap<>(
                      Map.of(
                          "pg-test-replica",
                          new Proxy(
                              List.of(
                                  new ProxyServer(
                                      "pg-test-1", ServerStatus.UP, 100, Optional.empty(), 0),
                                  new ProxyServer(
                                      "pg-test-2", ServerStatus.DRAIN, 50, Optional.empty(), 12)),
                              1,
                              1))),
                  Optional.empty()));
      assertThat(haproxy.withLogin()).isEmpty();
    }
  }

  @Test
  void the_statistics_say_who_is_a_backup() throws IOException {
    try (var haproxy = WebImpostor.of(path -> path.startsWith("/m") ? METRICS : STATISTICS)) {
      assertThat(read(haproxy.endpoint(), login()))
          .isEqualTo(
              new Reply.Running(
                  new TreeMap<>(
                      Map.of(
                          "pg-test-replica",
                          new Proxy(
                              List.of(
                                  new ProxyServer(
                                      "pg-test-1",
                                      ServerStatus.UP,
                                      100,
                                      Optional.of(ServerUse.BACKUP),
                                      0),
                                  new ProxyServer(
                                      "pg-test-2",
                                      ServerStatus.NO_CHECK,
                                      50,
                                      Optional.of(ServerUse.ACTIVE),
                                      12)),
                              1,
                              1))),
                  Optional.empty()));
      assertThat(haproxy.withLogin()).containsExactly("/stats/;csv");
    }
  }

  @Test
  void statistics_that_cannot_be_read_cost_only_what_they_would_say() throws IOException {
    for (var other :
        List.of("", "<html></html>", STATISTICS.strip(), STATISTICS.replace("bck", "x"))) {
      try (var haproxy = WebImpostor.of(path -> path.startsWith("/m") ? METRICS : other)) {
        assertThat(read(haproxy.endpoint(), login()))
            .isInstanceOfSatisfying(
                Reply.Running.class,
                running -> {
                  assertThat(running.proxies()).containsKey("pg-test-replica");
                  assertThat(running.statistics()).isPresent();
                });
      }
    }
  }

  /** The login is for HAProxy, and nothing has shown that this is one. */
  @Test
  void what_is_no_haproxy_gets_no_login() throws IOException {
    try (var other = WebImpostor.of(path -> "node_load1 0.5\n")) {
      assertThat(failure(other)).isEqualTo("malformed: it is not HAProxy's exporter that answers");
      assertThat(other.withLogin()).isEmpty();
    }
  }

  @Test
  void a_redirect_is_not_followed() throws IOException {
    try (var elsewhere = WebImpostor.of(path -> METRICS);
        var redirecting =
            WebImpostor.raw(
                (request, out) ->
                    send(
                        out,
                        "HTTP/1.1 302 Found\r\nLocation: http://%s/metrics\r\nContent-Length: 0\r\n\r\n"
                            .formatted(elsewhere.endpoint())))) {
      assertThat(failure(redirecting))
          .isEqualTo("other: it answered with the HTTP status 302, a redirect; none is followed");
      assertThat(elsewhere.requested()).isEmpty();
    }
  }

  @Test
  void one_that_wants_a_login_is_a_named_failure() throws IOException {
    try (var closed =
        WebImpostor.raw(
            (request, out) ->
                send(
                    out,
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"))) {
      assertThat(failure(closed)).isEqualTo("authentication: it answered with the HTTP status 401");
      assertThat(closed.withLogin()).isEmpty();
    }
  }

  @Test
  void an_answer_of_another_version_is_a_named_failure() throws IOException {
    try (var old =
        WebImpostor.of(
            path -> "haproxy_server_status{proxy=\"pg-test-replica\",server=\"pg-test-1\"} 1\n")) {
      assertThat(failure(old)).contains("malformed", "has no label state");
    }
    try (var other = WebImpostor.of(path -> "haproxy_process_uptime_seconds 5\n")) {
      assertThat(failure(other)).contains("malformed", "another version of HAProxy");
    }
    var incomplete = METRICS.lines().filter(line -> !line.contains("weight")).toList();
    try (var other = WebImpostor.of(path -> String.join("\n", incomplete) + "\n")) {
      assertThat(failure(other)).contains("malformed", "has no haproxy_server_weight of");
    }
    try (var broken = WebImpostor.of(path -> METRICS.replace("} 1", "} one"))) {
      assertThat(failure(broken)).contains("malformed", "this is no sample: haproxy_");
    }
  }

  @Test
  void a_truncated_answer_is_a_named_failure() throws IOException {
    try (var cut = WebImpostor.of(path -> METRICS.strip())) {
      assertThat(failure(cut)).isEqualTo("malformed: the answer is truncated");
    }
    try (var closing =
        WebImpostor.raw(
            (request, out) ->
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + METRICS))) {
      assertThat(failure(closing)).startsWith("connection_lost: ");
    }
  }

  @Test
  void an_endless_answer_is_a_named_failure() throws IOException {
    try (var endless =
        WebImpostor.raw(
            (request, out) -> {
              send(out, "HTTP/1.1 200 OK\r\n\r\n");
              while (true) {
                send(out, METRICS);
              }
            })) {
      assertThat(failure(endless)).startsWith("too_large: ");
    }
  }

  @Test
  void what_says_nothing_or_drips_is_hung() throws IOException {
    try (var silent = Impostor.silent()) {
      assertThat(read(silent.endpoint(), login()))
          .isInstanceOfSatisfying(
              Reply.Silent.class, it -> assertThat(it.failure().kind().label()).isEqualTo("hung"));
    }
    try (var dripping =
        WebImpostor.raw(
            (request, out) -> {
              send(out, "HTTP/1.1 200 OK\r\n\r\n");
              Thread.sleep(60_000);
            })) {
      assertThat(failure(dripping)).startsWith("hung: ");
    }
  }

  @Test
  void another_protocol_is_a_named_failure() throws IOException {
    try (var other =
        WebImpostor.raw((request, out) -> send(out, "220 mail ESMTP\r\n" + "x".repeat(100)))) {
      assertThat(failure(other)).startsWith("malformed: ");
    }
    try (var slamming = Impostor.slamming()) {
      assertThat(read(slamming.endpoint(), login()))
          .isInstanceOfSatisfying(
              Reply.Silent.class,
              it -> assertThat(it.failure().kind().label()).isEqualTo("connection_lost"));
    }
  }

  @Test
  void nothing_listens() throws IOException {
    Endpoint free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = new Endpoint("127.0.0.1", socket.getLocalPort());
    }

    assertThat(read(free, login()))
        .isInstanceOfSatisfying(
            Reply.Silent.class, it -> assertThat(it.failure().kind().label()).isEqualTo("refused"));
  }
}
