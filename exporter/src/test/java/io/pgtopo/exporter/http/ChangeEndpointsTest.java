package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.Rejection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is put under maintenance by HTTP, and who may do that. */
@Timeout(60)
class ChangeEndpointsTest {
  private static final String PATH = "/api/v1/maintenance";
  private static final String JSON = "application/json";
  private static final String ALICE =
      "Basic "
          + Base64.getEncoder().encodeToString("alice:Sesame".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void declare() throws IOException {
    Files.writeString(
        folder.resolve("pigsty.yml"),
        """
        all:
          children:
            pg-test:
              hosts:
                10.10.10.11: { pg_seq: 1, pg_role: primary }
                10.10.10.12: { pg_seq: 2, pg_role: replica }
              vars: { pg_cluster: pg-test }
        """);
    var hash =
        OpenBSDBCrypt.generate("2y", "Sesame".getBytes(StandardCharsets.UTF_8), new byte[16], 4);
    Files.writeString(folder.resolve("web.yml"), "basic_auth_users: { alice: '" + hash + "' }\n");
    settings("web_config: web.yml", "maintenance_file: maintenance.yml");
  }

  private void settings(String... lines) throws IOException {
    Files.writeString(
        folder.resolve("pgtopo.yml"), "inventory: pigsty.yml\n" + String.join("\n", lines) + "\n");
  }

  private Path file() {
    return folder.resolve("maintenance.yml");
  }

  private Config load() {
    return Config.load(Optional.of(folder.resolve("pgtopo.yml")), List.of(), Map.of());
  }

  private Site site() {
    return new Site(load().settings().web(), Listener.Limits.DEFAULT, this::load);
  }

  private static HttpResponse<String> post(Site site, String path, String body)
      throws IOException, InterruptedException {
    var answer = site.post(path, body, "Authorization", ALICE, "Content-Type", JSON);
    if (answer.statusCode() != 413) {
      var document = site.get("/api/v1/openapi.json", "Authorization", ALICE).body();
      ApiTest.assertValid(new ObjectMapper().readTree(document), "post", path, answer);
    }
    return answer;
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String detail) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains(detail);
  }

  @Test
  void it_is_noted_where_the_command_line_notes_it() throws IOException, InterruptedException {
    try (var site = site()) {
      var cluster =
          post(
              site,
              PATH,
              "{\"name\": \"pg-test\", \"for\": \"2h\", \"reason\": \"say \\\"new\\\" disks\"}");
      assertThat(cluster.statusCode()).as(cluster.body()).isEqualTo(200);
      assertThat(cluster.body())
          .contains("\"cls\" : \"pg-test\"", "\"ins\" : null", "\"owner\" : \"alice\"");
      var instance =
          post(
              site,
              PATH,
              """
              {"name": "pg-test-2", "until": "2030-01-01T08:00:00+01:00", "owner": "dba", "reason": "a disk"}
              """);
      assertThat(instance.body())
          .contains("\"ins\" : \"pg-test-2\"", "\"until\" : \"2030-01-01T07:00:00Z\"");

      assertThat(load().policy().maintenance())
          .extracting(entry -> entry.subject() + " " + entry.owner() + ": " + entry.reason())
          .containsExactly("pg-test alice: say \"new\" disks", "pg-test-2 dba: a disk");

      assertThat(post(site, PATH + "/end", "{\"name\": \"pg-test\"}").statusCode()).isEqualTo(200);
      assertThat(load().policy().maintenance()).hasSize(1);
      assertProblem(post(site, PATH + "/end", "{\"name\": \"pg-test\"}"), 404, "maintenance_file");
    }
    try (var site = site()) {
      assertThat(site.get(PATH, "Authorization", ALICE).body())
          .contains("\"ins\" : \"pg-test-2\"", "\"inForce\" : true");
    }
  }

  @Test
  void what_others_have_written_meanwhile_is_kept()
      throws IOException, InterruptedException, ExecutionException {
    try (var site = site()) {
      Files.writeString(
          file(),
          "maintenance: [ { cluster: pg-test, instance: pg-test-1, until: 2030-01-01, owner: cli,"
              + " reason: r } ]\n");
      var tasks = new ArrayList<Callable<Integer>>();
      for (var name : List.of("pg-test", "pg-test-2")) {
        var body = "{\"name\": \"%s\", \"for\": \"2h\", \"reason\": \"r\"}".formatted(name);
        tasks.add(() -> post(site, PATH, body).statusCode());
      }
      try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var answered : both.invokeAll(tasks)) {
          assertThat(answered.get()).isEqualTo(200);
        }
      }

      assertThat(load().policy().maintenance())
          .extracting(entry -> entry.subject())
          .containsExactlyInAnyOrder("pg-test-1", "pg-test", "pg-test-2");
    }
  }

  @Test
  void only_a_client_with_a_login_may_change_anything() throws IOException, InterruptedException {
    var body = "{\"name\": \"pg-test\", \"for\": \"2h\", \"owner\": \"o\", \"reason\": \"r\"}";
    try (var site = site()) {
      for (var path : List.of(PATH, PATH + "/end", "/-/reload")) {
        assertProblem(site.post(path, body, "Content-Type", JSON), 401, "password");
        assertProblem(
            site.post(
                path,
                body,
                "Authorization",
                ALICE,
                "Content-Type",
                JSON,
                "Origin",
                "http://127.0.0.1"),
            403,
            "browser");
        for (var type :
            List.of("application/x-www-form-urlencoded", "text/plain", "application/jsonx")) {
          assertProblem(
              site.post(path, body, "Authorization", ALICE, "Content-Type", type), 415, JSON);
        }
        if (!path.equals(PATH)) {
          assertProblem(site.get(path, "Authorization", ALICE), 405, "Method Not Allowed");
        }
        for (var method : List.of("PUT", "DELETE", "PATCH")) {
          assertProblem(site.send(method, path, "Authorization", ALICE), 405, "Method Not Allowed");
        }
      }
      assertProblem(site.post(PATH, body, "Authorization", ALICE), 415, JSON);
      assertThat(site.get(PATH + "?name=pg-test", "Authorization", ALICE).statusCode())
          .isEqualTo(400);
      assertThat(site.counters().of(Rejection.Kind.MEDIA_TYPE)).isEqualTo(10);
      assertThat(site.counters().of(Rejection.Kind.FORBIDDEN)).isEqualTo(3);
    }
    settings("maintenance_file: maintenance.yml");
    try (var open = site()) {
      for (var path : List.of(PATH, PATH + "/end", "/-/reload")) {
        assertProblem(open.post(path, body, "Content-Type", JSON), 403, "web_config");
      }
      assertThat(open.get(PATH).statusCode()).isEqualTo(200);
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void what_cannot_be_noted_is_refused_and_changes_nothing()
      throws IOException, InterruptedException {
    try (var site = site()) {
      for (var wrong :
          List.of(
              "",
              "{",
              "[]",
              "null",
              "{} {}",
              "{\"name\": \"pg-test\", \"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"for\": 1, \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"for\": \"-1h\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"for\": \"9223372036854775807s\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"for\": \"soon\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"until\": \"2001-01-01T00:00:00Z\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"until\": \"tomorrow\", \"reason\": \"r\"}",
              "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"a\\nb\"}",
              "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"a\\u2028b\"}",
              "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"\\ud800\"}",
              "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \" \"}",
              "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"r\", \"extra\": \"e\"}")) {
        assertProblem(post(site, PATH, wrong), 400, "must be");
      }
      for (var incomplete :
          List.of(
              "{\"name\": \"pg-test\", \"for\": \"1h\"}",
              "{\"name\": \"pg-test\", \"reason\": \"r\"}")) {
        assertProblem(post(site, PATH, incomplete), 400, "is required");
      }
      assertProblem(
          post(site, PATH, "{\"name\": \"pg-nope\", \"for\": \"1h\", \"reason\": \"r\"}"),
          404,
          "declared");
      assertProblem(post(site, PATH, "{\"x\": \"" + "x".repeat(2000) + "\"}"), 413, "body");

      var right = "{\"name\": \"pg-test\", \"for\": \"1h\", \"reason\": \"r\"}";
      Files.writeString(folder.resolve("pigsty.yml"), "all: [\n");
      assertProblem(post(site, PATH, right), 409, "have errors");
      declare();
      settings("web_config: web.yml");
      assertProblem(post(site, PATH, right), 409, "maintenance_file");
      settings("web_config: web.yml", "maintenance_file: nowhere/maintenance.yml");
      assertProblem(post(site, PATH, right), 500, "see the log");
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void what_is_requested_is_in_force_in_the_next_cycle() throws IOException, InterruptedException {
    settings("web_config: web.yml", "maintenance_file: maintenance.yml", "interval: 100ms");
    var context =
        new CliContext(
            settings ->
                new OpenProbe(
                    endpoint ->
                        endpoint.equals(World.endpoint(2))
                            ? Server.silent(2, Failure.Kind.REFUSED, "staged by the test")
                            : Server.primary(1, "0/5000060", 1).seen(),
                    () -> {},
                    registry -> {}),
            () -> World.START,
            Map.of(),
            List.of(),
            Style.PLAIN,
            Screen.NONE);
    try (var daemon = Daemon.start(load(), this::load, context, 0);
        var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + PATH))
              .header("Authorization", ALICE)
              .header("Content-Type", JSON)
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"name\": \"pg-test-2\", \"for\": \"1h\", \"reason\": \"a disk\"}"))
              .build();

      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      while (daemon.latest().stream()
          .flatMap(snapshot -> snapshot.judgement().byKey().values().stream())
          .noneMatch(judged -> judged.standing() instanceof Standing.Suspended)) {
        Thread.onSpinWait();
      }
    }
  }
}
