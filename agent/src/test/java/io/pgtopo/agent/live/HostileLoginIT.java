package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.ClientFiles;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.ServerTrust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that want the password, and servers that have it and repeat it. */
@Timeout(60)
class HostileLoginIT {
  private static final String CANARY = "Canary'47 11/x";

  private static final Connection LOGIN =
      new Connection(
          "dbuser_monitor", "postgres", Optional.of(new Secret(CANARY)), Connection.SslMode.PREFER);

  private static Failure poll(Connection login, Impostor server) {
    try (var probe = new JdbcProbe(login, Duration.ofSeconds(5), InstantSource.system()::instant)) {
      var observation = probe.observe(server.endpoint());
      assertThat(observation).isInstanceOf(Observation.Unreachable.class);
      return ((Observation.Unreachable) observation).failure();
    }
  }

  @Test
  void an_undeclared_server_that_asks_for_a_password_or_md5_receives_nothing() throws IOException {
    for (var asking : List.<Impostor.Asking>of(Impostor.Asking::cleartext, Impostor.Asking::md5)) {
      var received = new ByteArrayOutputStream();
      try (var server = Impostor.asking(asking, received)) {
        var failure = poll(LOGIN, server);

        assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
        assertThat(failure.message())
            .isEqualTo(
                "the server asked for an authentication that require_auth does not allow; allowed:"
                    + " scram-sha-256,none");
      }
      assertThat(received.toString(StandardCharsets.ISO_8859_1))
          .contains("dbuser_monitor")
          .doesNotContain(CANARY, "md5");
    }
  }

  @Test
  void a_server_without_the_verifier_of_scram_is_refused_and_learns_no_password()
      throws IOException {
    var received = new ByteArrayOutputStream();
    try (var server = Impostor.asking(Impostor.Asking::scramWithoutVerifier, received)) {
      assertThat(poll(LOGIN, server).message()).containsIgnoringCase("signature");
    }
    assertThat(received.toString(StandardCharsets.ISO_8859_1))
        .contains("SCRAM-SHA-256")
        .doesNotContain(CANARY);
  }

  @Test
  void a_declared_server_may_ask_for_what_libpq_allows() throws IOException {
    var received = new ByteArrayOutputStream();
    try (var server = Impostor.asking(Impostor.Asking::cleartext, received)) {
      poll(LOGIN.declaring(List.of(server.endpoint())), server);
    }

    assertThat(received.toString(StandardCharsets.ISO_8859_1)).contains(CANARY);
  }

  @Test
  void a_server_that_repeats_the_password_of_a_file_does_not_either(@TempDir Path folder)
      throws IOException {
    var file = Files.writeString(folder.resolve("pgpass"), "*:*:*:*:Canary4712\n");
    var login =
        new Connection(
            "dbuser_monitor",
            "postgres",
            Optional.empty(),
            ServerTrust.of(Connection.SslMode.PREFER),
            new ClientFiles(
                Optional.of(file.toString()), Optional.empty(), Optional.empty(), Optional.empty()),
            Optional.empty(),
            new TreeMap<>());
    try (var server = Impostor.saying("28P01", "Canary4712 is wrong")) {
      assertThat(poll(login, server).message()).isEqualTo("FATAL: *** is wrong");
    }
  }

  @Test
  void a_server_that_repeats_the_password_does_not_put_it_into_a_failure() throws IOException {
    for (var form :
        List.of(
            CANARY,
            CANARY.replace("'", "''"),
            URLEncoder.encode(CANARY, StandardCharsets.UTF_8),
            URLEncoder.encode(CANARY, StandardCharsets.UTF_8).replace("+", "%20"))) {
      try (var server = Impostor.saying("28P01", "password \"" + form + "\" is wrong")) {
        assertThat(poll(LOGIN, server).message()).isEqualTo("FATAL: password \"***\" is wrong");
      }
    }
  }
}
