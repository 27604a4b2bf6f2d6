package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.patroni.PatroniReader;
import io.pgtopo.config.model.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        {"name": "pg-test-2", "role": "replica", "state": "streaming", "host": "", "port": "5432", "timeline": "unknown"}]}
      """;

  private final Fetcher fetcher =
      new Fetcher(MachineLoad.allowed(Duration.ofSeconds(2)), 1 << 20, Optional.empty());

  @AfterEach
  void close() {
    fetcher.close();
  }

  private Word read(String scheme, Endpoint at) {
    var reader = new PatroniReader(fetcher, InstantSource.system()::instant);
    return reader.read(scheme, at).word();
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
                          Optional.empty())),
                  Optional.empty()));
      assertThat(patroni.withLogin()).isEmpty();
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
