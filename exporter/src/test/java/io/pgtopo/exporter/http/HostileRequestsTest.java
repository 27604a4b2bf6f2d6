package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Requests that are made from the OpenAPI document and a seed, and damaged ones, on raw sockets.
 * The long form is {@code -Dattack.seconds=N -Dattack.seed=N}.
 */
class HostileRequestsTest {
  private static final long SECONDS = Long.getLong("attack.seconds", 0);
  private static final long FIRST_SEED = Long.getLong("attack.seed", 0);
  private static final int TRIES = 1_000;
  private static final int PATIENCE_MILLIS = 10_000;

  /** What any path may answer: the checks in front of all of them. */
  private static final Set<Integer> REJECTIONS =
      Set.of(400, 403, 404, 405, 411, 413, 414, 415, 417, 421, 431, 501, 503, 505);

  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] ([0-9]{3})[ \\r]");

  private static final List<String> VALUES =
      List.of(
          "",
          "pg-test",
          "pg-test-1",
          "pg-test-1,pg-test-2",
          "' OR 1=1 --",
          "../../etc/passwd",
          "\u0000",
          "\r\nSet-Cookie: a=b",
          "\u202e\u001b[2J",
          "\uD83D\uDE00",
          "1kB",
          "-1",
          "999999999999999GB",
          "9999999999999999999999",
          "NaN",
          "true",
          "${jndi:ldap://127.0.0.1/}",
          "a".repeat(3_000));

  private static final List<String> HEADERS =
      List.of(
          "Host: localhost",
          "Host: evil.example",
          "Host:",
          "Accept: text/html",
          "Accept: application/openmetrics-text; version=1.0.0",
          "Accept: ,;q=,*/*;q=NaN",
          "Accept-Encoding: gzip, br;q=0, *;q=2",
          "If-None-Match: *, W/\"",
          "If-Modified-Since: never",
          "Range: bytes=0-0,-1,5-2",
          "Expect: 100-continue",
          "Content-Length: 3",
          "Content-Length: -1",
          "Transfer-Encoding: chunked",
          "Content-Type: application/json",
          "Content-Type: text/plain; charset=\"",
          "Origin: http://evil.example",
          "Sec-Fetch-Site: cross-site",
          "Authorization: Basic ====",
          "Authorization: Digest",
          "Cookie: JSESSIONID=1",
          "X-HTTP-Method-Override: DELETE",
          "X-Forwarded-For: 127.0.0.1",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "X-Long: " + "b".repeat(9_000));

  private static final List<String> BODIES =
      List.of(
          "",
          "{}",
          "[[[[[[[[",
          "{\"subject\":\"pg-test\",\"owner\":\"dba\",\"reason\":\"\\u0000\",\"until\":\"9999-12-31T23:59:59Z\"}",
          "{\"subject\":1e999999999}",
          "3\r\n{}\n\r\n0\r\n\r\n",
          "c".repeat(2_000));

  /** A method of a path, with the names of its parameters and the statuses of its answers. */
  private record Operation(
      String method, String path, List<String> parameters, Set<Integer> statuses) {}

  private static List<Operation> operations() throws IOException {
    var operations = new ArrayList<Operation>();
    for (var path : new ObjectMapper().readTree(OpenApiDocument.text()).get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        operations.add(operation(method.getKey(), path.getKey(), method.getValue()));
      }
    }
    return operations;
  }

  private static Operation operation(String method, String path, JsonNode node) {
    var parameters = new ArrayList<String>();
    node.path("parameters").forEach(it -> parameters.add(it.get("name").asText()));
    var statuses = new TreeSet<>(REJECTIONS);
    node.get("responses").fieldNames().forEachRemaining(it -> statuses.add(Integer.valueOf(it)));
    return new Operation(method.toUpperCase(Locale.ROOT), path, parameters, statuses);
  }

  private static <T> T any(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String request(Operation operation, Random random) {
    var text = new StringBuilder(operation.method()).append(' ').append(operation.path());
    for (var count = random.nextInt(4); count > 0; count--) {
      var names = operation.parameters();
      var name = names.isEmpty() || random.nextInt(8) == 0 ? "nothing" : any(names, random);
      var value = URLEncoder.encode(any(VALUES, random), StandardCharsets.UTF_8);
      text.append(text.indexOf("?") < 0 ? '?' : '&').append(name).append('=').append(value);
    }
    text.append(" HTTP/1.1\r\n").append(random.nextInt(4) == 0 ? "" : "Host: localhost\r\n");
    for (var count = random.nextInt(4); count > 0; count--) {
      text.append(any(HEADERS, random)).append("\r\n");
    }
    return text.append("Connection: close\r\n\r\n").append(any(BODIES, random)).toString();
  }

  private static String damaged(String request, Random random) {
    var text = new StringBuilder(request);
    for (var edits = 1 + random.nextInt(6); edits > 0; edits--) {
      var at = random.nextInt(text.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, (char) random.nextInt(256));
        case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        default ->
            text.insert(at, any(List.of("\r", "\n", "\r\n", " ", ":", "%", "/", ";"), random));
      }
    }
    return text.toString();
  }

  /** The beginning of what comes back; nothing if the server closes. */
  private static String ask(Site site, String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8);
      } catch (SocketException reset) {
        // The server closes while it is sent more than it reads.
        return "";
      }
    }
  }

  /** The status of the answer; 0 if a damaged request has none. */
  private static int attack(Site site, Operation operation, Random random) throws IOException {
    var request = request(operation, random);
    var isDamaged = random.nextInt(2) == 0;
    var answer = ask(site, isDamaged ? damaged(request, random) : request);
    if (!isDamaged && answer.isEmpty()) {
      // The end of a connection with a body that is not announced may overtake the answer.
      answer = ask(site, request);
    }
    var status = STATUS.matcher(answer);
    if (isDamaged && answer.isEmpty()) {
      return 0;
    }
    assertThat(status.find()).as("%s%nanswer: %s", request, answer).isTrue();
    var code = Integer.valueOf(status.group(1));
    assertThat(code).as("%s%nanswer: %s", request, answer).isNotEqualTo(500);
    // The body of a problem repeats the path; a header begins a line.
    assertThat(answer).doesNotContain("\nSet-Cookie", "\tat ", "Exception");
    if (!isDamaged) {
      assertThat(operation.statuses()).as("%s%nanswer: %s", request, answer).contains(code);
    }
    return code;
  }

  @Test
  void no_request_gets_an_answer_that_the_document_does_not_have() throws Exception {
    var operations =
        operations().stream().filter(it -> !it.path().equals("/api/v1/events")).toList();
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    var log = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    var answers = new TreeMap<Integer, Integer>();
    var seed = FIRST_SEED;
    try (var site = new Site()) {
      site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
      for (; seed < FIRST_SEED + TRIES || System.nanoTime() < end; seed++) {
        var random = new Random(seed);
        try {
          answers.merge(attack(site, any(operations, random), random), 1, Integer::sum);
        } catch (IOException | AssertionError found) {
          throw new AssertionError("with seed " + seed, found);
        }
      }
      assertThat(site.get("/livez").statusCode()).isEqualTo(200);
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(answers.keySet()).contains(200, 400, 404, 405, 421);
    System.out.printf(
        "attack: %d requests from seed %d, answers by status %s%n",
        seed - FIRST_SEED, FIRST_SEED, answers);
  }
}
