package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.WebAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be set of the web, and what refuses to start. */
class WebTest {
  private static final String HASH = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";
  private static final String TLS = "tls_server_config: { cert_file: c.pem, key_file: k.pem }\n";
  private static final String USERS = "basic_auth_users: { alice: '" + HASH + "' }\n";

  @TempDir Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    write("pigsty.yml", "all: { hosts: { h: { pg_cluster: c, pg_seq: 1, pg_role: primary } } }");
    write("c.pem", "the certificate");
    write("k.pem", "the key");
    write("ca.pem", "the authority");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Config load(String settings, String web) throws IOException {
    write("web.yml", web);
    write("pgtopo.yml", "inventory: pigsty.yml\nweb_config: web.yml\n" + settings);
    return Config.load(Optional.of(directory.resolve("pgtopo.yml")), List.of(), Map.of());
  }

  private List<String> refused(String settings, String web) {
    return catchThrowableOfType(InvalidConfigException.class, () -> load(settings, web))
        .problems()
        .stream()
        .map(problem -> problem.path() + ": " + problem.message())
        .toList();
  }

  @Test
  void the_file_of_the_exporter_toolkit_is_read_as_it_is() throws IOException {
    var config =
        load(
            "",
            """
            tls_server_config:
              cert_file: c.pem
              key_file: k.pem
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.pem
              client_allowed_sans: [ prometheus.example.com ]
              min_version: TLS13
              max_version: TLS13
              cipher_suites: [ TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ]
              prefer_server_cipher_suites: false
              curve_preferences: [ CurveP256, X25519 ]
            http_server_config:
              http2: false
              headers:
                X-Frame-Options: deny
                Strict-Transport-Security: max-age=1000
            basic_auth_users:
              alice: %s
            rate_limit:
              interval: 1s
              burst: 20
            """
                .formatted(HASH));
    var access = config.settings().web().access();
    var tls = access.tls().orElseThrow();

    assertThat(tls.material().certificates()).isEqualTo("the certificate");
    assertThat(tls.material().key()).isEqualTo(new Secret("the key"));
    assertThat(tls.clients())
        .isEqualTo(
            new WebAccess.Clients(
                WebAccess.ClientAuth.REQUIRE_AND_VERIFY,
                Optional.of("the authority"),
                List.of("prometheus.example.com")));
    assertThat(tls.protocol())
        .isEqualTo(
            new WebAccess.Protocol(
                WebAccess.TlsVersion.TLS13,
                WebAccess.TlsVersion.TLS13,
                List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                WebAccess.CipherOrder.CLIENT,
                List.of("CurveP256", "X25519")));
    assertThat(access.headers())
        .isEqualTo(Map.of("X-Frame-Options", "deny", "Strict-Transport-Security", "max-age=1000"));
    assertThat(access.users()).isEqualTo(Map.of("alice", new Secret(HASH)));
    assertThat(access.rateLimit()).hasValue(new WebAccess.RateLimit(Duration.ofSeconds(1), 20));
    assertThat(access.toString()).doesNotContain("the key", HASH);
    assertThat(config.files().stream().map(file -> file.getFileName().toString()))
        .contains("web.yml", "c.pem", "k.pem", "ca.pem");
  }

  @Test
  void an_empty_file_needs_no_login_on_a_loopback_address() throws IOException {
    assertThat(load("", "").settings().web().access()).isEqualTo(WebAccess.OPEN);
    assertThat(load("", "tls_server_config: {}\n").settings().web().access())
        .isEqualTo(WebAccess.OPEN);
    assertThat(load("", "rate_limit: { interval: 0, burst: 0 }\n").settings().web().access())
        .isEqualTo(WebAccess.OPEN);
  }

  @Test
  void everything_that_is_wrong_is_reported_at_once_and_without_secrets() {
    assertThat(
            refused(
                "",
                """
                tls_server_config:
                  cert_file: c.pem
                  key_file: nowhere.pem
                  min_version: TLS10
                  max_versoin: TLS13
                http_server_config:
                  headers: { X-Frame-Options: "deny\\r\\nSet-Cookie: a=b", Set-Cookie: a=b }
                basic_auth_users: { alice: SesameOpen, bob: "$2y$31$%s" }
                rate_limit: { interval: soon, burst: 1 }
                basic_auth_user: {}
                """
                    .formatted(HASH.substring(7))))
        .containsExactlyInAnyOrder(
            ": wanted a file. Found: no file of that name",
            "tls_server_config.max_versoin: wanted one of cert, key, client_ca, cert_file,"
                + " key_file, client_ca_file, client_auth_type, client_allowed_sans, min_version,"
                + " max_version, cipher_suites, prefer_server_cipher_suites, curve_preferences."
                + " Found: unknown key max_versoin; did you mean max_version?",
            "http_server_config.headers.X-Frame-Options: wanted a valid value of the header"
                + " X-Frame-Options. Found: \"deny\\r\\nSet-Cookie: a=b\"",
            "http_server_config.headers.Set-Cookie: wanted one of Content-Security-Policy,"
                + " Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options,"
                + " X-XSS-Protection. Found: unknown key Set-Cookie",
            "basic_auth_users.alice: wanted a bcrypt hash with a cost from 4 to 18. Found: text in"
                + " another form",
            "basic_auth_users.bob: wanted a bcrypt hash with a cost from 4 to 18. Found: text in"
                + " another form",
            "rate_limit.interval: wanted a duration such as 1s or 100ms. Found: \"soon\"",
            "basic_auth_user: wanted one of tls_server_config, http_server_config,"
                + " basic_auth_users, rate_limit. Found: unknown key basic_auth_user; did you mean"
                + " basic_auth_users?");
    assertThat(refused("", "tls_server_config: { cert_file: c.pem }\n"))
        .containsExactly(
            "tls_server_config: wanted both cert_file and key_file. Found: no key_file");
    assertThat(
            refused(
                "",
                "tls_server_config: { cert_file: c.pem, key_file: k.pem, min_version: TLS10 }\n"))
        .containsExactly(
            "tls_server_config.min_version: wanted one of TLS12, TLS13. Found: \"TLS10\"");
  }

  @Test
  void policies_that_contradict_each_other_are_refused() {
    var start = "tls_server_config: { cert_file: c.pem, key_file: k.pem, ";

    assertThat(refused("", start + "client_auth_type: RequireAndVerifyClientCert }"))
        .containsExactly(
            "tls_server_config: wanted client_ca_file for client_auth_type"
                + " RequireAndVerifyClientCert. Found: none");
    assertThat(refused("", start + "client_ca_file: ca.pem }"))
        .containsExactly(
            "tls_server_config: wanted a client_auth_type that verifies, for client_ca_file. Found:"
                + " NoClientCert");
    assertThat(
            refused(
                "",
                start
                    + "client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem,"
                    + " client_allowed_sans: [ a ] }"))
        .containsExactly(
            "tls_server_config: wanted a client_auth_type that requires a certificate, for"
                + " client_allowed_sans. Found: VerifyClientCertIfGiven");
    assertThat(refused("", start + "min_version: TLS13, max_version: TLS12 }"))
        .containsExactly(
            "tls_server_config: wanted a min_version of at most max_version. Found: TLS13 and"
                + " TLS12");
  }

  @Test
  void an_address_that_others_can_reach_needs_tls_and_a_login() throws IOException {
    for (var listen : List.of(":8432", "10.0.0.1:8432", "'[::]:8432'", "db.example.com:8432")) {
      var settings = "listen: " + listen + "\n";

      assertThat(refused(settings, "")).singleElement().asString().contains("insecure: true");
      assertThat(refused(settings, USERS))
          .singleElement()
          .asString()
          .contains("no TLS and a login");
      assertThat(refused(settings, TLS)).singleElement().asString().contains("TLS and no login");
      assertThat(load(settings, TLS + USERS).settings().web().access().isAuthenticated()).isTrue();
      assertThat(load(settings + "insecure: true\n", "").settings().web().access())
          .isEqualTo(WebAccess.OPEN);
    }
    assertThat(refused("listen: :8432\ninsecure: false\n", "")).hasSize(1);
  }

  @Test
  void a_client_certificate_that_is_not_verified_is_no_login() {
    var anybody = TLS.replace(" }", ", client_auth_type: RequireAnyClientCert }");

    assertThat(refused("listen: :8432\n", anybody)).singleElement().asString().contains("no login");
  }

  @Test
  void a_loopback_address_is_open() throws IOException {
    for (var listen : List.of("127.0.0.1:1", "127.8.8.8:1", "localhost:1", "'[::1]:1'")) {
      assertThat(load("listen: " + listen + "\n", "").settings().web().access())
          .isEqualTo(WebAccess.OPEN);
    }
  }

  @Test
  void the_instance_on_this_machine_must_be_declared() throws IOException {
    assertThat(load("instance: c-1\n", "").settings().web().instance()).hasValue("c-1");
    assertThat(refused("instance: c-2\n", ""))
        .containsExactly("instance: wanted the name of a declared instance. Found: \"c-2\"");
  }

  @Test
  void host_names_are_a_list() throws IOException {
    assertThat(load("host_names: [ A.example.com, b ]\n", "").settings().web().hostNames())
        .containsExactly("a.example.com", "b");
  }
}
