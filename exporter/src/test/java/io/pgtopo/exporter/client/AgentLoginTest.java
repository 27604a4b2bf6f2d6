package io.pgtopo.exporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.testing.Certificates;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLoginTest {
  private static final int COST = 4;

  @TempDir private Path folder = Path.of("");

  private static Web locked(Optional<WebAccess.TlsServer> tls) {
    var hash =
        OpenBSDBCrypt.generate("2y", "Sesame".getBytes(StandardCharsets.UTF_8), new byte[16], COST);
    return new Web(
        Web.DEFAULT.listen(),
        Optional.empty(),
        List.of(),
        new WebAccess(
            tls,
            new TreeMap<>(),
            new TreeMap<>(Map.of("ops", new Secret(hash))),
            Optional.empty()));
  }

  private static Site site(Web web) {
    var site = new Site(web);
    site.show(World.lasting(Stories.healthy()), Duration.ZERO);
    return site;
  }

  private Path secret(String permissions) throws IOException {
    var file = Files.writeString(folder.resolve("secret"), "Sesame\nignored\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void a_client_without_a_login_reads_how_to_give_one() {
    var shell = new Shell();
    try (var site = site(locked(Optional.empty()))) {
      assertThat(shell.run("tree", "--agent", site.url())).isEqualTo(2);
      assertThat(shell.err())
          .isEqualTo(
              "pgtopo: the agent at %s/api/v1/snapshot asks for a login; --agent-user and --agent-password-file give one\n"
                  .formatted(site.url()));
    }
  }

  @Test
  void a_login_comes_from_a_file_or_the_environment() throws IOException {
    var file = secret("rw-------").toString();
    var byFile = new Shell();
    var byEnvironment =
        new Shell(Map.of("PGTOPO_AGENT_USER", "ops", "PGTOPO_AGENT_PASSWORD", "Sesame"));
    var wrong = new Shell(Map.of("PGTOPO_AGENT_USER", "ops", "PGTOPO_AGENT_PASSWORD", "Mellon"));
    try (var site = site(locked(Optional.empty()))) {
      var url = site.url();

      assertThat(
              byFile.run(
                  "diff", "--agent", url, "--agent-user", "ops", "--agent-password-file", file))
          .isZero();
      assertThat(byEnvironment.run("inventory", "--agent", url)).isZero();
      assertThat(wrong.run("changes", "--agent", url)).isEqualTo(2);
    }

    assertThat(wrong.err())
        .endsWith("asks for a login, and user and password are not right\n")
        .doesNotContain("Mellon");
  }

  @Test
  void a_login_that_is_not_whole_or_not_safe_is_refused() throws IOException {
    var open = secret("rw-r--r--").toString();
    var half = new Shell();
    var readable = new Shell();
    var clear = new Shell(Map.of("PGTOPO_AGENT_USER", "ops", "PGTOPO_AGENT_PASSWORD", "Sesame"));
    var missing = new Shell();
    var url = "http://127.0.0.1:1";

    assertThat(half.run("tree", "--agent", url, "--agent-user", "ops")).isEqualTo(2);
    assertThat(
            readable.run(
                "tree", "--agent", url, "--agent-user", "ops", "--agent-password-file", open))
        .isEqualTo(2);
    assertThat(clear.run("tree", "--agent", "http://10.0.0.1:8432")).isEqualTo(2);
    assertThat(
            missing.run(
                "tree", "--agent", url, "--agent-user", "ops", "--agent-password-file", "no/file"))
        .isEqualTo(2);

    assertThat(half.err()).endsWith("Found: only a user\n");
    assertThat(readable.err()).contains("may be read or changed by others");
    assertThat(clear.err()).contains("a login is not sent in the clear to another machine");
    assertThat(missing.err())
        .contains("the password file no/file cannot be read: nothing is there");
  }

  @Test
  void tls_is_believed_that_a_named_authority_signed()
      throws GeneralSecurityException, IOException {
    var authority = Certificates.authority("authority");
    var server = Certificates.issue("localhost", Certificates.ec(), authority);
    var tls =
        new WebAccess.TlsServer(
            new WebAccess.Material("web.yml", server.certificatePem(), new Secret(server.keyPem())),
            new WebAccess.Clients(WebAccess.ClientAuth.NONE, Optional.empty(), List.of()),
            new WebAccess.Protocol(
                WebAccess.TlsVersion.TLS12,
                WebAccess.TlsVersion.TLS13,
                List.of(),
                WebAccess.CipherOrder.SERVER,
                List.of("X25519", "CurveP256")));
    var root = Files.writeString(folder.resolve("root.pem"), authority.certificatePem()).toString();
    var login = Map.of("PGTOPO_AGENT_USER", "ops", "PGTOPO_AGENT_PASSWORD", "Sesame");
    var trusting = new Shell(login);
    var distrusting = new Shell(login);
    var mistaken = new Shell(login);
    try (var site = site(locked(Optional.of(tls)))) {
      var url = site.url().replace("http:", "https:");

      assertThat(trusting.run("tree", "--agent", url, "--agent-ca", root))
          .as(trusting.err())
          .isZero();
      assertThat(distrusting.run("tree", "--agent", url)).isEqualTo(2);
      assertThat(mistaken.run("tree", "--agent", url, "--agent-ca", folder.toString()))
          .isEqualTo(2);
    }

    assertThat(distrusting.err())
        .startsWith("pgtopo: no agent is trusted at https://")
        .endsWith("; --agent-ca names the certificates to trust\n");
    assertThat(mistaken.err()).contains("it is a directory");
  }
}
