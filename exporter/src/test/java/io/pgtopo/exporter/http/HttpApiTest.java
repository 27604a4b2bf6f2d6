package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpApiTest {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/page/main.js",
          "/page/style.css",
          "/metrics",
          "/api/v1/clusters",
          "/api/v1/tree",
          "/api/v1/tree?cluster=pg-test&format=dot",
          "/api/v1/tree?cluster=pg-test&format=svg",
          "/api/v1/kinds",
          "/api/v1/instances",
          "/api/v1/topology",
          "/api/v1/services",
          "/api/v1/drift",
          "/api/v1/changes",
          "/api/v1/inventory",
          "/api/v1/snapshot",
          "/api/v1/openapi.json",
          "/sd",
          "/livez",
          "/readyz");

  private final Site site = new Site();

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void before_the_first_cycle_nothing_is_claimed() throws IOException, InterruptedException {
    assertThat(site.get("/livez").statusCode()).isEqualTo(200);
    assertThat(site.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(site.get("/readyz").body()).isEqualTo("no cycle has ended yet\n");
    assertProblem(site.get("/api/v1/topology"), 503, "no cycle has ended yet");
    assertProblem(site.get("/api/v1/drift"), 503, "no cycle has ended yet");
    assertThat(site.get("/metrics").body())
        .contains("pgtopo_cycles_total 0.0", "jvm_memory_used_bytes")
        .doesNotContain("pgtopo_up", "pgtopo_drift", "pgtopo_snapshot_timestamp_seconds");
  }

  @Test
  void after_a_cycle_everything_is_answered() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));

    for (var path : PATHS) {
      assertThat(site.get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(site.get("/api/v1/topology").headers().firstValue("Content-Type"))
        .hasValue("application/json");
    assertThat(site.get("/readyz?verbose").body())
        .contains("\"ready\" : true", "\"lastCycleEndedAt\" : \"2026-11-22T10:01:00.025Z\"");
  }

  @Test
  void an_agent_that_was_too_slow_for_every_poll_is_not_ready()
      throws IOException, InterruptedException {
    site.show(World.lasting(Stories.slowFor(4)), Duration.ofSeconds(1));

    assertThat(site.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(site.get("/readyz").body())
        .endsWith("; this agent was too slow to poll 4 of 4 servers\n");
    assertThat(site.get("/api/v1/drift").statusCode()).isEqualTo(200);
    assertThat(site.get("/metrics").body())
        .contains("pgtopo_last_poll_failure", "reason=\"agent_slow\"")
        .doesNotContain("pgtopo_up{");
  }

  @Test
  void an_agent_that_was_too_slow_for_some_polls_is_ready_and_says_so()
      throws IOException, InterruptedException {
    site.show(World.lasting(Stories.slowFor(1)), Duration.ofSeconds(1));

    assertThat(site.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(site.get("/readyz?verbose").body())
        .contains("; this agent was too slow to poll 1 of 4 servers");
    assertThat(site.get("/metrics").body()).contains("pgtopo_up{cls=\"pg-test\",ins=\"pg-test-2\"");
  }

  @Test
  void a_stale_snapshot_takes_back_what_it_said() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Site.LIMIT.plusMillis(1));

    assertThat(site.get("/livez").statusCode()).isEqualTo(200);
    assertThat(site.get("/readyz").statusCode()).isEqualTo(503);
    assertProblem(
        site.get("/api/v1/drift"),
        503,
        "the last cycle ended 30 seconds ago, at 2026-11-22T10:01:00.025Z");
    assertThat(site.get("/metrics").body())
        .contains("pgtopo_snapshot_timestamp_seconds", "pgtopo_build_info")
        .doesNotContain("pgtopo_up", "pgtopo_drift", "pgtopo_instance_role");
  }

  @Test
  void a_snapshot_as_old_as_the_limit_still_counts() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Site.LIMIT);

    assertThat(site.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(site.get("/metrics").body()).contains("pgtopo_up{");
  }

  @Test
  void head_answers_as_get_does_without_a_body() throws IOException, InterruptedException {
    for (var path : PATHS) {
      var head = site.send("HEAD", path);

      assertThat(head.statusCode()).as(path).isEqualTo(site.get(path).statusCode());
      assertThat(head.body()).as(path).isEmpty();
    }
  }

  @Test
  void other_paths_and_methods_are_problems() throws IOException, InterruptedException {
    assertProblem(site.get("/nope"), 404, "Endpoint GET /nope not found");
    for (var method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      assertProblem(site.send(method, "/metrics"), 405, "Method Not Allowed");
    }
  }

  @Test
  void only_the_files_of_the_page_are_served() throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));

    for (var name : List.of("openapi.json", "main.class", "nope.js", "index.html", "a.b.js")) {
      assertProblem(site.get("/page/" + name), 404, "the page has no file of this name");
    }
    assertThat(site.get("/api/v1/tree?format=svg").headers().firstValue("Content-Type"))
        .hasValue("image/svg+xml;charset=utf-8");
    assertThat(site.get("/page/main.js").headers().firstValue("Content-Type"))
        .hasValue("text/javascript;charset=utf-8");
    assertProblem(
        site.get("/api/v1/tree?format=pdf"), 400, "format must be one of dot, mermaid, svg, text");
  }

  /** Or each would be asked for when the one that imports it has arrived. */
  @Test
  void the_page_asks_for_all_of_its_modules_at_once() throws Exception {
    var files = new File("src/main/resources/io/pgtopo/exporter/page").list();
    var asked =
        Pattern.compile("(?:src|modulepreload\" href)=\"/page/([a-z]+\\.js)\"")
            .matcher(site.get("/").body())
            .results()
            .map(it -> it.group(1));

    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Objects.requireNonNull(files)).filter(it -> it.endsWith(".js")).toList());
  }

  @Test
  void no_response_may_be_cached() throws IOException, InterruptedException {
    for (var path : List.of("/", "/metrics", "/nope", "/api/v1/drift")) {
      var headers = site.get(path).headers();

      assertThat(headers.firstValue("Cache-Control")).as(path).hasValue("no-store");
      assertThat(headers.firstValue("X-Content-Type-Options")).as(path).hasValue("nosniff");
      assertThat(headers.firstValue("Server")).as(path).isEmpty();
    }
  }

  /** The framework reads a query by the charset of a body that is not there. */
  @Test
  void a_query_that_cannot_be_read_is_refused_and_not_taken_for_none()
      throws IOException, InterruptedException {
    site.show(World.lasting(Stories.healthy()), Duration.ofSeconds(1));
    for (var damaged : List.of("charset", "charset=", "charset=nonsense", "charset=\"utf-8")) {
      var answer = site.get("/api/v1/drift?cluster=no", "Content-Type", "text/plain; " + damaged);

      assertProblem(answer, 400, "the Content-Type must have no charset, or a known one");
      assertThat(site.get("/readyz?verbose", "Content-Type", damaged).body())
          .as(damaged)
          .isEqualTo("ok\n");
    }
    for (var known : List.of("text/plain", "text/plain; charset=utf-8", "a; CHARSET=ISO-8859-1")) {
      var answer = site.get("/api/v1/drift?cluster=no", "Content-Type", known);

      assertProblem(answer, 404, "no cluster of this name is declared");
    }
  }

  @Test
  void metrics_come_in_the_format_that_is_requested() throws IOException, InterruptedException {
    assertFormat("*/*", "text/plain; version=0.0.4; charset=utf-8");
    assertFormat("text/html,application/xhtml+xml,*/*;q=0.8", "text/plain; version=0.0.4");
    assertFormat(
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2",
        "application/openmetrics-text; version=1.0.0");
    assertThat(site.get("/metrics", "Accept", "application/openmetrics-text").body())
        .endsWith("# EOF\n");
  }

  @Test
  void who_prefers_protobuf_gets_text() throws IOException, InterruptedException {
    var protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";

    assertFormat(protobuf, "text/plain; version=0.0.4");
    assertFormat(protobuf + ",application/openmetrics-text;q=0.5", "application/openmetrics-text");
  }

  @Test
  void long_answers_are_compressed_on_demand() throws IOException, InterruptedException {
    assertThat(
            site.get("/metrics", "Accept-Encoding", "gzip")
                .headers()
                .firstValue("Content-Encoding"))
        .hasValue("gzip");
    assertThat(site.get("/metrics").headers().firstValue("Content-Encoding")).isEmpty();
  }

  private void assertFormat(String accept, String expected)
      throws IOException, InterruptedException {
    assertThat(site.get("/metrics", "Accept", accept).headers().firstValue("Content-Type"))
        .get()
        .asString()
        .startsWith(expected);
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String detail) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("\"detail\" : \"" + detail + "\"").doesNotContain("at io.");
  }
}
