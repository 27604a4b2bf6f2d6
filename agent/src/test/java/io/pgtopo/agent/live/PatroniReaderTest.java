package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.fetch.Trust;
import io.pgtopo.agent.observation.ManagerReport.Candidacy;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.patroni.PatroniReader;
import io.pgtopo.config.model.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands where a Patroni should answer. */
@Timeout(60)
class PatroniReaderTest {
  private static final String STATUS =
      """
      {"state": "running", "role": "tribune", "timeline": 3, "pause": true, "dcs_last_seen": 1,
       "pending_restart": true, "unheard_of": {"a": [1]},
       "patroni": {"version": "9.9", "scope": "pg-test", "name": "pg-test-1"}}
      """;

  private static final String CLUSTER =
      """
      {"members": [
        {"name": "pg-test-1", "role": "leader", "state": "running", "host": "10.0.0.1", "port": 5432, "timeline": 3, "x": 1},
        {"name": "pg-test-2", "role": "replica", "state": "streaming", "host": "", "port": "5432", "timeline": "unknown", "tags": {"nofailover": true, "clonefrom": false}}]}
      """;

  private final Fetcher fetcher =
      new Fetcher(MachineLoad.allowed(Duration.ofSeconds(2)), 1 << 20, Optional.empty());

  @AfterEach
  void close() {
    fetcher.close();
  }

  private Word read(String scheme, Endpoint at) {
    var reader = new PatroniReader(fetcher, InstantSource.system()::instant);
    return reader.read(scheme, at, List.of()).word();
  }

  private String failure(WebImpostor at) {
    return switch (read("http", at.endpoint())) {
      case Word.Spoken spoken -> "none";
      case Word.Absent absent -> "absent";
      case Word.Mute(var failure) -> failure.kind().label() + ": " + failure.message();
    };
  }

  private static WebImpostor patroni(String status, String cluster) throws IOException {
    return WebImpostor.of(path -> path.equals("/patroni") ? status : cluster);
  }

  @Test
  void unknown_keys_and_roles_are_kept_as_they_are() throws IOException {
    try (var patroni = patroni(STATUS, CLUSTER)) {
      assertThat(read("http", patroni.endpoint()))
          .isEqualTo(
              new Word.Spoken(
                  Optional.of("pg-test"),
                  Optional.of(
                      new ManagedServer(
                          Optional.of("pg-test-1"),
                          "tribune",
                          "running",
                          Optional.empty(),
                          Optional.of(3),
                          Optional.empty())),
                  Set.of(Flag.PAUSED, Flag.PENDING_RESTART),
                  List.of(
                      new ManagedServer(
                          Optional.of("pg-test-1"),
                          "leader",
                          "running",
                          Optional.of(new Endpoint("10.0.0.1", 5432)),
                          Optional.of(3),
                          Optional.empty()),
                      new ManagedServer(
                          Optional.of("pg-test-2"),
                          "replica",
                          "streaming",
                          Optional.empty(),
                          Optional.empty(),
                          Optional.empty(),
                          Candidacy.EXCLUDED)),
                  Optional.empty(),
                  Collections.emptySortedMap()));
      assertThat(patroni.withLogin()).isEmpty();
    }
  }

  /** Patroni answers OPTIONS with a status line, and closes. */
  private static void answer(String request, OutputStream out) throws IOException {
    var words = request.split(" ", -1);
    var body = words[1].equals("/patroni") ? STATUS : CLUSTER;
    out.write(
        (words[0].equals("OPTIONS")
                ? "HTTP/1.0 %s\r\n\r\n"
                    .formatted(words[1].equals("/primary") ? "200 OK" : "503 Service Unavailable")
                : "HTTP/1.0 200 OK\r\n\r\n" + body)
            .getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Integer> checks(Endpoint at, String... paths) {
    var reader = new PatroniReader(fetcher, InstantSource.system()::instant);
    return reader.read("http", at, List.of(paths)).word() instanceof Word.Spoken spoken
        ? spoken.checks()
        : Map.of();
  }

  @Test
  void health_checks_are_asked_for_as_haproxy_does() throws IOException {
    try (var patroni = WebImpostor.raw(PatroniReaderTest::answer)) {
      assertThat(checks(patroni.endpoint(), "/primary", "/replica?lag=1MB", "x", "/no uri"))
          .isEqualTo(Map.of("/primary", 200, "/replica?lag=1MB", 503));
      assertThat(patroni.requested())
          .contains("OPTIONS /primary HTTP/1.1", "OPTIONS /replica?lag=1MB HTTP/1.1")
          .hasSize(4);
      assertThat(patroni.withLogin()).isEmpty();
    }
  }

  @Test
  void a_health_check_that_redirects_leads_nowhere_and_a_silent_one_is_left_out()
      throws IOException {
    try (var elsewhere = patroni(STATUS, CLUSTER);
        var patroni =
            WebImpostor.raw(
                (request, out) -> {
                  if (request.startsWith("OPTIONS /redirects")) {
                    out.write(
                        "HTTP/1.1 302 Found\r\nLocation: http://%s/\r\nContent-Length: 0\r\n\r\n"
                            .formatted(elsewhere.endpoint())
                            .getBytes(StandardCharsets.UTF_8));
                  } else if (!request.startsWith("OPTIONS /closes")) {
                    answer(request, out);
                  }
                })) {
      assertThat(checks(patroni.endpoint(), "/closes", "/primary", "/redirects"))
          .isEqualTo(Map.of("/primary", 200, "/redirects", 302));
      assertThat(elsewhere.requested()).isEmpty();
    }
  }

  @Test
  void what_is_no_patroni_is_asked_for_no_health_check() throws IOException {
    try (var other = WebImpostor.of(path -> "[1]")) {
      assertThat(checks(other.endpoint(), "/primary")).isEmpty();
      assertThat(other.requested()).containsExactly("GET /patroni HTTP/1.1");
    }
  }

  @Test
  void tls_is_verified_by_the_certificates_that_are_given(@TempDir Path directory)
      throws Exception {
    var right = SelfSigned.store(Files.createDirectory(directory.resolve("right")), "ip:127.0.0.1");
    var other = SelfSigned.store(Files.createDirectory(directory.resolve("other")), "ip:127.0.0.1");
    var named =
        SelfSigned.store(Files.createDirectory(directory.resolve("named")), "dns:pg-test-1");

    try (var patroni = Https.patroni(right)) {
      assertThat(over(patroni, SelfSigned.certificate(right, directory)))
          .isInstanceOfSatisfying(
              Word.Spoken.class,
              spoken -> {
                assertThat(spoken.own()).isPresent();
                assertThat(spoken.members()).hasSize(2);
                assertThat(spoken.checks()).isEqualTo(Map.of("/primary", 200));
              });
      assertThat(patroni.requested()).hasSize(3);
    }
    try (var patroni = Https.patroni(other)) {
      assertThat(failure(over(patroni, SelfSigned.certificate(right, directory)))).isEqualTo("tls");
      assertThat(patroni.requested()).as("another certificate").isEmpty();
    }
    try (var patroni = Https.patroni(named)) {
      assertThat(failure(over(patroni, SelfSigned.certificate(named, directory)))).isEqualTo("tls");
      assertThat(patroni.requested()).as("another name").isEmpty();
    }
  }

  private static String failure(Word word) {
    return word instanceof Word.Mute(var failure) ? failure.kind().label() : "none";
  }

  private static Word over(Https patroni, Path certificates) {
    try (var verifying =
        new Fetcher(
            MachineLoad.allowed(Duration.ofSeconds(5)),
            1 << 20,
            Optional.of(Trust.of(certificates.toString())))) {
      return new PatroniReader(verifying, InstantSource.system()::instant)
          .read("https", patroni.endpoint(), List.of("/primary"))
          .word();
    }
  }

  /** A Patroni with TLS. */
  private record Https(HttpsServer server, Queue<String> requested) implements AutoCloseable {
    static Https patroni(KeyStore store) throws IOException, GeneralSecurityException {
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, SelfSigned.PASSWORD.toCharArray());
      var tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), null, null);
      var server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      var requested = new ConcurrentLinkedQueue<String>();
      server.createContext(
          "/",
          exchange -> {
            var path = exchange.getRequestURI().getPath();
            requested.add(exchange.getRequestMethod() + " " + path);
            var body =
                (path.equals("/patroni") ? STATUS : CLUSTER).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (var out = exchange.getResponseBody()) {
              out.write(body);
            }
          });
      server.start();
      return new Https(server, requested);
    }

    Endpoint endpoint() {
      return new Endpoint("127.0.0.1", server.getAddress().getPort());
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void without_its_configuration_store_it_still_reports_its_server() throws IOException {
    for (var other :
        List.of("", "[]", "{\"members\": 1}", "{\"members\": [{\"name\": 1}]}", "{\"mem")) {
      try (var patroni = patroni(STATUS, other)) {
        assertThat(read("http", patroni.endpoint()))
            .isInstanceOfSatisfying(
                Word.Spoken.class,
                spoken -> {
                  assertThat(spoken.members()).isEmpty();
                  assertThat(spoken.storeFailure()).isPresent();
                });
      }
    }
  }

  @Test
  void what_is_no_patroni_is_a_named_failure() throws IOException {
    try (var other = patroni("{\"role\": \"x\", \"state\": \"y\"}", CLUSTER)) {
      assertThat(failure(other)).isEqualTo("malformed: it is not Patroni that answers");
    }
    try (var other = patroni("[1]", CLUSTER)) {
      assertThat(failure(other)).isEqualTo("malformed: it is not Patroni that answers");
    }
    try (var cut = patroni(STATUS.substring(0, 40), CLUSTER)) {
      assertThat(failure(cut)).isEqualTo("malformed: the answer is no JSON, or is truncated");
    }
    try (var deep = patroni("[".repeat(100_000), CLUSTER)) {
      assertThat(failure(deep)).startsWith("malformed: ");
    }
  }

  @Test
  void a_redirect_and_a_login_are_named_failures() throws IOException {
    try (var elsewhere = patroni(STATUS, CLUSTER);
        var redirecting =
            WebImpostor.raw(
                (request, out) ->
                    out.write(
                        "HTTP/1.1 301 Moved\r\nLocation: http://%s/\r\nContent-Length: 0\r\n\r\n"
                            .formatted(elsewhere.endpoint())
                            .getBytes(StandardCharsets.UTF_8)))) {
      assertThat(failure(redirecting)).startsWith("other: it answered with the HTTP status 301");
      assertThat(elsewhere.requested()).isEmpty();
    }
    try (var closed =
        WebImpostor.raw(
            (request, out) ->
                out.write(
                    "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8)))) {
      assertThat(failure(closed)).startsWith("authentication: ");
    }
  }

  @Test
  void where_tls_is_declared_plain_http_is_a_named_failure() throws IOException {
    try (var plain = Impostor.web()) {
      assertThat(read("https", plain.endpoint()))
          .isInstanceOfSatisfying(
              Word.Mute.class, it -> assertThat(it.failure().kind().label()).isEqualTo("tls"));
    }
  }
}
