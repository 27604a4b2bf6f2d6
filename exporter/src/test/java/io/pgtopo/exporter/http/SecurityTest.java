package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.Rejection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Who comes in, and what is kept out. */
@Timeout(120)
class SecurityTest {
  private static final int COST = 10;

  private static Web web(Map<String, String> passwords, Optional<WebAccess.RateLimit> rate) {
    var users = new TreeMap<String, Secret>();
    passwords.forEach((user, password) -> users.put(user, new Secret(hash(password))));
    return new Web(
        Web.DEFAULT.listen(),
        Optional.empty(),
        List.of("pgtopo.example.com"),
        new WebAccess(
            Optional.empty(), new TreeMap<>(Map.of("X-Frame-Options", "sameorigin")), users, rate));
  }

  private static String hash(String password) {
    return OpenBSDBCrypt.generate(
        "2y", password.getBytes(StandardCharsets.UTF_8), new byte[16], COST);
  }

  private static Site guarded() {
    var site = new Site(web(Map.of("alice", "Sesame"), Optional.empty()));
    site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
    return site;
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertProblem(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
  }

  @Test
  void no_request_is_admitted_without_the_password() throws IOException, InterruptedException {
    try (var site = guarded()) {
      for (var path : List.of("/", "/metrics", "/livez", "/primary", "/nope", "/api/v1/drift")) {
        var answer = site.get(path);

        assertProblem(answer, 401);
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
            .hasValue("Basic realm=\"pgtopo\", charset=\"UTF-8\"");
        assertThat(answer.body()).doesNotContain("pg-test");
      }
      for (var wrong :
          List.of(
              basic("alice:sesame"),
              basic("bob:Sesame"),
              basic(":"),
              basic("alice:" + "S".repeat(5000)),
              "Basic !!!",
              "Basic " + Base64.getEncoder().encodeToString(new byte[] {1, 2}),
              "Bearer Sesame")) {
        assertProblem(site.get("/metrics", "Authorization", wrong), 401);
      }
      assertThat(site.get("/metrics", "Authorization", basic("alice:Sesame")).statusCode())
          .isEqualTo(200);
      assertThat(site.counters().of(Rejection.Kind.UNAUTHORIZED)).isEqualTo(13);
      assertThat(site.get("/metrics", "Authorization", basic("alice:Sesame")).body())
          .contains("pgtopo_http_requests_rejected_total{reason=\"unauthorized\"} 13.0");
    }
  }

  @Test
  void each_failure_is_answered_later_and_a_right_login_is_not()
      throws IOException, InterruptedException {
    try (var site = guarded()) {
      for (var i = 0; i < 4; i++) {
        site.get("/livez", "Authorization", basic("alice:wrong"));
      }
      var from = System.nanoTime();
      site.get("/livez", "Authorization", basic("alice:wrong"));
      var late = Duration.ofNanos(System.nanoTime() - from);

      assertThat(late).isGreaterThan(Duration.ofMillis(700));
      assertThat(site.get("/livez", "Authorization", basic("alice:Sesame")).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void another_password_is_in_force_at_once() throws IOException, InterruptedException {
    try (var site = guarded()) {
      assertThat(site.get("/livez", "Authorization", basic("alice:Sesame")).statusCode())
          .isEqualTo(200);

      site.filter().use(web(Map.of("alice", "Simsim"), Optional.empty()));

      assertThat(site.get("/livez", "Authorization", basic("alice:Sesame")).statusCode())
          .isEqualTo(401);
      assertThat(site.get("/livez", "Authorization", basic("alice:Simsim")).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void a_reload_is_for_those_who_have_logged_in() throws IOException, InterruptedException {
    try (var site = new Site()) {
      assertProblem(site.send("POST", "/-/reload"), 403);
      assertProblem(site.get("/-/reload"), 405);
    }
    try (var site = guarded()) {
      var alice = basic("alice:Sesame");

      assertProblem(site.send("POST", "/-/reload"), 401);
      assertProblem(site.get("/-/reload", "Authorization", alice), 405);
      assertThat(site.send("POST", "/-/reload", "Authorization", alice).statusCode())
          .isEqualTo(202);
      assertProblem(
          site.send(
              "POST", "/-/reload", "Authorization", alice, "Origin", "https://evil.example.com"),
          403);
      assertProblem(
          site.send("POST", "/-/reload", "Authorization", alice, "Sec-Fetch-Site", "cross-site"),
          403);
    }
  }

  @Test
  void more_than_the_rate_is_refused_until_time_has_passed()
      throws IOException, InterruptedException {
    var rate = new WebAccess.RateLimit(Duration.ofSeconds(1), 3);
    try (var site = new Site(web(Map.of(), Optional.of(rate)))) {
      for (var i = 0; i < 3; i++) {
        assertThat(site.get("/livez").statusCode()).isEqualTo(200);
      }
      var refused = site.get("/livez");
      assertProblem(refused, 429);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");

      site.pass(Duration.ofSeconds(1));

      assertThat(site.get("/livez").statusCode()).isEqualTo(200);
      assertProblem(site.get("/livez"), 429);
    }
  }

  @Test
  void it_answers_to_its_own_names_only() throws IOException {
    try (var site = guarded();
        var open = new Site()) {
      for (var name :
          List.of("localhost", "LOCALHOST:1", "127.0.0.1:" + open.port(), "[::1]:8432")) {
        assertThat(host(open, name)).as(name).startsWith("HTTP/1.1 200");
      }
      for (var name :
          List.of(
              "evil.example.com",
              "localhost.evil.example.com",
              "127.0.0.1.nip.io:8432",
              "10.0.0.1",
              "localhost:80:evil")) {
        assertThat(host(open, name)).as(name).startsWith("HTTP/1.1 4").doesNotContain("ok\n");
      }
      assertThat(host(open, "evil.example.com")).contains("421", "host_names");
      assertThat(host(site, "pgtopo.example.com")).contains(" 401 ");
      assertThat(host(site, "evil.example.com")).contains(" 421 ");
      assertThat(Wire.ask(open.port(), "OPTIONS /health HTTP/1.0\r\n\r\n")).contains(" 503 ");
    }
  }

  @Test
  void the_headers_of_a_websocket_pass_no_check_and_open_no_session() throws IOException {
    try (var site = guarded()) {
      for (var upgrade : List.of("Sec-WebSocket-Version: x\r\n", "Sec-WebSocket-Version: 13\r\n")) {
        assertThat(ask(site, "/anything", "localhost", upgrade))
            .startsWith("HTTP/1.1 401")
            .doesNotContainIgnoringCase("set-cookie");
        assertThat(ask(site, "/metrics", "evil.example.com", upgrade)).startsWith("HTTP/1.1 421");
      }
    }
  }

  private static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }

  private static String host(Site site, String name) throws IOException {
    return ask(site, "/livez", name, "");
  }

  private static String ask(Site site, String path, String host, String headers)
      throws IOException {
    return Wire.ask(
        site.port(),
        "GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
            .formatted(path, host, headers));
  }

  @Test
  void what_is_malformed_or_too_large_is_a_problem_in_json() throws IOException {
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
      var requests = new ArrayList<String>();
      for (var path :
          List.of(
              "/../../etc/passwd",
              "/..;/metrics",
              "/%2e%2e/%2e%2e/etc/passwd",
              "/metrics/%2e%2e/livez",
              "/api/v1/%2fdrift",
              "/%00",
              "/%zz",
              "/a\\b",
              "//metrics",
              "/" + "a".repeat(9000))) {
        requests.add(request(path));
      }
      requests.add(
          "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Large: " + "a".repeat(9000) + "\r\n\r\n");
      requests.add("GET /livez HTTP/1.1\r\n\r\n");
      requests.add("GET /livez HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n");
      requests.add("GET /livez\r\n\r\n");
      requests.add("BREW /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      requests.add("TRACE /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      requests.add(
          "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n");
      requests.add(
          "GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n");
      requests.add(
          String.join(
              "\r\n",
              "GET /livez HTTP/1.1",
              "Host: localhost",
              "Content-Length: 1",
              "Content-Length: 2",
              "",
              ""));
      for (var request : requests) {
        var shown = request.substring(0, Math.min(60, request.length())).strip();
        var answer = Wire.ask(site.port(), request);

        assertThat(answer).as(shown).matches("(?s)HTTP/1\\.[01] (4\\d\\d|505) .*");
        assertThat(answer)
            .as(shown)
            .contains("Content-Type: application/problem+json", "\"status\" : ")
            .doesNotContain("at io.", "at org.", "root:", "pgtopo_up", "Jetty", "<html");
      }
    }
  }

  @Test
  void it_is_no_proxy() throws IOException {
    try (var site = new Site();
        var wire = new Wire(site.port())) {
      wire.send("CONNECT localhost:" + site.port() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(new String(wire.in().readNBytes(12), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 4");
    }
  }

  @Test
  void nothing_of_a_request_becomes_a_header() throws IOException {
    try (var site = new Site()) {
      var answer = Wire.ask(site.port(), request("/no%0d%0aSet-Cookie:%20a=b?x=%0d%0aX-Evil:1"));

      assertThat(answer.lines().map(String::strip))
          .noneMatch(line -> line.startsWith("Set-Cookie") || line.startsWith("X-Evil"));
    }
  }

  @Test
  void the_headers_that_are_set_replace_its_own() throws IOException, InterruptedException {
    try (var site = guarded();
        var open = new Site()) {
      assertThat(site.get("/").headers().allValues("X-Frame-Options"))
          .containsExactly("sameorigin");
      assertThat(open.get("/").headers().allValues("X-Frame-Options")).containsExactly("deny");
      assertThat(open.get("/").headers().firstValue("Content-Security-Policy"))
          .get()
          .asString()
          .startsWith("default-src 'none'");
    }
  }

  @Test
  void who_sends_byte_by_byte_is_sent_away() throws IOException {
    var limits = new Listener.Limits(256, Duration.ofMillis(100));
    try (var site = new Site(Web.DEFAULT, limits, World.config());
        var silent = new Wire(site.port());
        var slow = new Wire(site.port())) {
      assertThat(silent.in().read()).isEqualTo(-1);
      slow.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

      assertThat(isClosedWhileSending(slow)).isTrue();
      assertThat(host(site, "localhost")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void a_stream_is_no_slow_answer() throws IOException {
    var limits = new Listener.Limits(256, Duration.ofMillis(300));
    try (var site = new Site(Web.DEFAULT, limits, World.config());
        var stream = new Wire(site.port())) {
      site.show(World.firstSight(Stories.healthy()), Duration.ZERO);
      stream.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      for (var i = 0; i < 3; i++) {
        try (var silent = new Wire(site.port())) {
          site.show(World.firstSight(Stories.healthy()), Duration.ZERO);
          assertThat(silent.in().read()).isEqualTo(-1);
        }
      }

      site.show(World.lasting(Stories.primaryKilled()), Duration.ZERO);

      var received = new StringBuilder();
      while (received.indexOf("event: change") < 0) {
        var next = stream.in().read();
        assertThat(next).as("the stream goes on").isNotEqualTo(-1);
        received.append((char) next);
      }
    }
  }

  /** Sends a byte now and then until the other end has enough of it. */
  private static boolean isClosedWhileSending(Wire wire) {
    for (var i = 0; i < 7000; i++) {
      try {
        wire.send("a");
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      } catch (IOException closed) {
        return true;
      }
    }
    return false;
  }

  @Test
  void more_connections_than_it_bears_wait_and_are_answered_then() throws IOException {
    var limits = new Listener.Limits(4, Duration.ofMillis(100));
    try (var site = new Site(Web.DEFAULT, limits, World.config())) {
      var idle = new ArrayList<Wire>();
      for (var i = 0; i < 8; i++) {
        idle.add(new Wire(site.port()));
      }

      assertThat(host(site, "localhost")).startsWith("HTTP/1.1 200");
      for (var wire : idle) {
        wire.close();
      }
    }
  }

  @Test
  void no_server_forges_a_line_of_the_log() {
    var captured = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      LoggerFactory.getLogger("io.pgtopo.test")
          .error("refused by \"{}\"", "a\r\n2026-11-22 ERROR forged\u001b[2J\u2028x");
    } finally {
      System.setErr(before);
    }

    assertThat(captured.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("refused by"))
        .singleElement()
        .asString()
        .endsWith("ERROR refused by \"a\\r\\n2026-11-22 ERROR forged\\u001B[2J\\u2028x\"");
  }
}
