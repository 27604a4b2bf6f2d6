package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.config.settings.Web;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.web.Listener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret that pgtopo is given is in none of its responses. */
class SecretsTest {
  private static final String CANARY = "Canary4711";
  private static final String HASH = "$2y$04$abcdefghijklmnopqrstuu5s1zkXlgKPbXWlh0OgbqWjLq0lYhfdC";
  private static final List<String> PATHS =
      List.of(
          "/",
          "/metrics",
          "/primary",
          "/replica",
          "/read-only",
          "/health",
          "/livez",
          "/readyz?verbose",
          "/sd",
          "/nope",
          "/api/v1/clusters",
          "/api/v1/instances",
          "/api/v1/topology",
          "/api/v1/services",
          "/api/v1/drift",
          "/api/v1/changes",
          "/api/v1/inventory",
          "/api/v1/snapshot",
          "/api/v1/maintenance",
          "/api/v1/openapi.json");

  @TempDir private Path directory;

  private Config config() throws IOException {
    Files.writeString(
        directory.resolve("pigsty.yml"),
        """
        all:
          children:
            pg-test:
              hosts:
                10.10.10.11: { pg_seq: 1, pg_role: primary }
                10.10.10.12: { pg_seq: 2, pg_role: replica }
              vars:
                pg_cluster: pg-test
                pg_users: [ { name: app, password: %1$s, roles: [ dbrole_admin ] } ]
                pg_databases: [ { name: app, comment: "an app" } ]
                pg_monitor_password: %1$s
                pg_admin_password: %1$s
                pg_replication_password: %1$s
                patroni_password: %1$s
        """
            .formatted(CANARY));
    Files.writeString(
        directory.resolve("web.yml"), "basic_auth_users: { alice: '" + HASH + "' }\n");
    Files.writeString(
        directory.resolve("pgtopo.yml"),
        """
        inventory: pigsty.yml
        web_config: web.yml
        connection: { password: %s }
        """
            .formatted(CANARY));
    return Config.load(Optional.of(directory.resolve("pgtopo.yml")), List.of(), Map.of());
  }

  @Test
  void no_answer_has_a_secret_in_it() throws IOException, InterruptedException {
    var config = config();
    assertThat(config.settings().connection().password()).isPresent();
    assertThat(config.settings().web().access().users()).isNotEmpty();
    try (var site = new Site(Web.DEFAULT, Listener.Limits.DEFAULT, config);
        var guarded = new Site(config.settings().web(), Listener.Limits.DEFAULT, config)) {
      for (var snapshot : World.stories().toList()) {
        site.show(snapshot.getValue(), Duration.ofSeconds(1));
        site.isAt("pg-test-1");
        for (var path : PATHS) {
          var answer = site.get(path);

          assertThat(answer.body() + answer.headers()).as(path).doesNotContain(CANARY, HASH);
        }
        var open = site.get("/metrics", "Accept", "application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n").doesNotContain(CANARY, HASH);
        try (var stream = new Wire(site.port())) {
          stream.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
          var received = new StringBuilder();
          while (received.indexOf("endedAt") < 0 || received.charAt(received.length() - 1) != '}') {
            received.append((char) stream.in().read());
          }
          assertThat(received).contains("event: snapshot").doesNotContain(CANARY, HASH);
        }
      }
      var login =
          Base64.getEncoder().encodeToString(("alice:" + CANARY).getBytes(StandardCharsets.UTF_8));
      var refused = guarded.get("/metrics", "Authorization", "Basic " + login);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body() + refused.headers()).doesNotContain(CANARY, HASH, login);
    }
    assertThat(config.toString()).doesNotContain(CANARY, HASH);
  }
}
