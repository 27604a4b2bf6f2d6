package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Connection.SslMode;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A server with a certificate that it signed itself, and that takes no connection in clear. The
 * first poll of a JVM by TLS loads much, and may be late on a busy machine.
 */
class TlsIT extends RealServers {
  private static final String SESSIONS =
      """
      SELECT string_agg(DISTINCT s.ssl::text, ' ')
        FROM pg_stat_ssl s JOIN pg_stat_activity a ON a.pid = s.pid
       WHERE a.application_name = 'pgtopo'""";

  TlsIT() {
    super(18);
  }

  @Test
  void an_encrypted_poll_verifies_no_certificate_unless_the_settings_require_it() throws Exception {
    var server = encrypted();
    for (var mode : EnumSet.of(SslMode.ALLOW, SslMode.PREFER, SslMode.REQUIRE)) {
      try (var probe = Polls.probe(login(mode))) {
        Polls.untilReachable(() -> probe.observe(Polls.endpoint(server)));

        assertThat(server.value(SESSIONS)).as(mode.label()).contains("true");
      }
    }
  }

  @Test
  void an_untrusted_certificate_is_reported_as_such() throws Exception {
    var server = encrypted();
    for (var mode : EnumSet.of(SslMode.VERIFY_CA, SslMode.VERIFY_FULL)) {
      try (var probe = Polls.probe(login(mode))) {
        Polls.untilFailed(() -> probe.observe(Polls.endpoint(server)), Failure.Kind.TLS);

        assertThat(Polls.failure(probe.observe(Polls.endpoint(server))).message())
            .as(mode.label())
            .contains("root");
      }
    }
  }

  @Test
  void a_poll_in_clear_is_refused_with_the_servers_message() throws Exception {
    var failure = Polls.failure(login(SslMode.DISABLE), Polls.endpoint(encrypted()));

    assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
    assertThat(failure.sqlState()).contains("28000");
    assertThat(failure.message()).contains("no pg_hba.conf entry for host", "no encryption");
  }

  private static Connection login(SslMode mode) {
    return new Connection("dbuser_monitor", "postgres", Optional.empty(), mode);
  }

  private LabInstance encrypted() throws Exception {
    var server = lab.cluster("pg-test").primary(1).start().instance(1);
    var store = SelfSigned.store(lab.directory());
    var key = store.getKey("server", SelfSigned.PASSWORD.toCharArray());
    var data = server.dataDirectory();
    put(data.resolve("server.key"), pem("PRIVATE KEY", key.getEncoded()));
    put(
        data.resolve("server.crt"),
        pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
    // The lab's own superuser goes on without.
    put(data.resolve("pg_hba.conf"), "host all postgres all trust\nhostssl all all all trust\n");
    server.set("ssl", "on");
    server.reload();
    return server;
  }

  private static String pem(String what, byte[] bytes) {
    var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, lines, what);
  }

  /** A file of the server's user alone, as the server wants its key. */
  private static void put(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.setOwner(file, Files.getOwner(file.getParent()));
  }
}
