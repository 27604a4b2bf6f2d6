package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import io.pgtopo.exporter.testing.Certificates;
import io.pgtopo.exporter.testing.Certificates.Identity;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.web.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** What is spoken over TLS, and with whom. */
class TlsTest {
  private static final WebAccess.Protocol ANY =
      protocol(WebAccess.TlsVersion.TLS12, WebAccess.TlsVersion.TLS13);
  private static final WebAccess.Clients ANYBODY =
      new WebAccess.Clients(WebAccess.ClientAuth.NONE, Optional.empty(), List.of());

  private final Identity authority;
  private final Identity server;

  TlsTest() throws GeneralSecurityException, IOException {
    authority = Certificates.authority("authority");
    server = Certificates.issue("localhost", Certificates.ec(), authority);
  }

  private static WebAccess.Protocol protocol(WebAccess.TlsVersion min, WebAccess.TlsVersion max) {
    return new WebAccess.Protocol(
        min, max, List.of(), WebAccess.CipherOrder.SERVER, List.of("X25519", "CurveP256"));
  }

  private static Web web(String certificate, String key, WebAccess.Clients clients) {
    return web(certificate, key, clients, ANY);
  }

  private static Web web(
      String certificate, String key, WebAccess.Clients clients, WebAccess.Protocol protocol) {
    var tls =
        new WebAccess.TlsServer(
            new WebAccess.Material("web.yml", certificate, new Secret(key)), clients, protocol);
    return new Web(
        Web.DEFAULT.listen(),
        Optional.empty(),
        List.of(),
        new WebAccess(Optional.of(tls), new TreeMap<>(), new TreeMap<>(), Optional.empty()));
  }

  private Web web(WebAccess.Clients clients) throws IOException {
    return web(server.certificatePem(), server.keyPem(), clients);
  }

  private Web web(WebAccess.Protocol protocol) throws IOException {
    return web(server.certificatePem(), server.keyPem(), ANYBODY, protocol);
  }

  private SSLSocket connect(Site site, Optional<Identity> client, String... protocols)
      throws GeneralSecurityException, IOException {
    var own = client.isPresent() ? keys(client.get()) : new KeyManager[0];
    var context = Certificates.trusting(authority, own);
    var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", site.port());
    socket.setSoTimeout(10_000);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    return socket;
  }

  private static KeyManager[] keys(Identity client) throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    store.setKeyEntry(
        "client",
        client.keys().getPrivate(),
        new char[0],
        new Certificate[] {client.certificate()});
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    return managers.getKeyManagers();
  }

  private String ask(Site site, Optional<Identity> client, String... protocols)
      throws GeneralSecurityException, IOException {
    try (var socket = connect(site, client, protocols)) {
      socket
          .getOutputStream()
          .write(
              "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return socket.getSession().getProtocol()
          + " "
          + new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void both_versions_are_spoken_unless_one_is_excluded()
      throws GeneralSecurityException, IOException {
    try (var site = new Site(web(ANY))) {
      assertThat(ask(site, Optional.empty(), "TLSv1.2")).startsWith("TLSv1.2 HTTP/1.1 200");
      assertThat(ask(site, Optional.empty(), "TLSv1.3")).startsWith("TLSv1.3 HTTP/1.1 200");
    }
    try (var site =
        new Site(web(protocol(WebAccess.TlsVersion.TLS13, WebAccess.TlsVersion.TLS13)))) {
      assertThatThrownBy(() -> ask(site, Optional.empty(), "TLSv1.2"))
          .isInstanceOf(IOException.class);
      assertThat(ask(site, Optional.empty())).startsWith("TLSv1.3 HTTP/1.1 200");
    }
    try (var site =
        new Site(web(protocol(WebAccess.TlsVersion.TLS12, WebAccess.TlsVersion.TLS12)))) {
      assertThatThrownBy(() -> ask(site, Optional.empty(), "TLSv1.3"))
          .isInstanceOf(IOException.class);
      assertThat(ask(site, Optional.empty())).startsWith("TLSv1.2 HTTP/1.1 200");
    }
  }

  /** As a client would say it that speaks no later version. */
  private static byte[] hello(int minor, int suite) {
    var body = ByteBuffer.allocate(128);
    body.put((byte) 3).put((byte) minor).put(new byte[32]).put((byte) 0);
    body.putShort((short) 2).putShort((short) suite).put((byte) 1).put((byte) 0);
    // P-256; ECDSA with SHA-256 and SHA-1.
    body.putShort((short) 18).putInt(0x000a0004).putInt(0x00020017);
    body.putInt(0x000d0006).putInt(0x00040403).putShort((short) 0x0203);
    var length = body.position();
    var all = ByteBuffer.allocate(length + 9);
    all.put((byte) 0x16).put((byte) 3).put((byte) 1).putShort((short) (length + 4));
    all.putInt(0x01000000 | length).put(body.array(), 0, length);
    return all.array();
  }

  private static byte[] answerTo(Site site, byte[] hello) throws IOException {
    try (var wire = new Wire(site.port())) {
      wire.out().write(hello);
      return wire.in().readNBytes(7);
    }
  }

  @Test
  void versions_that_are_broken_are_refused_even_if_the_jvm_allows_them() throws IOException {
    try (var site = new Site(web(ANY))) {
      // ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: a handshake record, so the hello is well-formed.
      assertThat(answerTo(site, hello(3, 0xc02b))).startsWith(0x16);
      for (var old : List.of(0, 1, 2)) {
        // ECDHE_ECDSA_WITH_AES_128_CBC_SHA; a fatal alert: protocol_version.
        assertThat(answerTo(site, hello(old, 0xc009))).startsWith(0x15).endsWith(2, 70);
      }
    }
  }

  @Test
  void a_cipher_suite_that_is_named_is_the_one_that_is_spoken()
      throws GeneralSecurityException, IOException {
    var protocol =
        new WebAccess.Protocol(
            WebAccess.TlsVersion.TLS12,
            WebAccess.TlsVersion.TLS12,
            List.of("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305"),
            WebAccess.CipherOrder.SERVER,
            List.of());
    try (var site = new Site(web(protocol));
        var socket = connect(site, Optional.empty())) {
      socket.startHandshake();

      assertThat(socket.getSession().getCipherSuite())
          .isEqualTo("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    }
  }

  @Test
  void plain_http_is_not_answered() throws IOException {
    try (var site = new Site(web(ANY))) {
      assertThatThrownBy(() -> site.get("/livez")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void who_must_show_a_certificate_shows_the_right_one()
      throws GeneralSecurityException, IOException {
    var friend = Certificates.issue("friend", Certificates.ec(), authority);
    var acquaintance = Certificates.issue("acquaintance", Certificates.ec(), authority);
    var stranger =
        Certificates.issue("friend", Certificates.ec(), Certificates.authority("authority"));
    var clients =
        new WebAccess.Clients(
            WebAccess.ClientAuth.REQUIRE_AND_VERIFY,
            Optional.of(authority.certificatePem()),
            List.of("friend"));
    try (var site = new Site(web(clients))) {
      for (var version : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(ask(site, Optional.of(friend), version)).contains("HTTP/1.1 200");
        for (var other :
            List.of(Optional.<Identity>empty(), Optional.of(stranger), Optional.of(acquaintance))) {
          assertThatThrownBy(() -> ask(site, other, version)).isInstanceOf(IOException.class);
        }
      }
    }
  }

  @Test
  void a_certificate_that_is_given_is_verified_or_not_as_it_is_set()
      throws GeneralSecurityException, IOException {
    var stranger =
        Certificates.issue("stranger", Certificates.ec(), Certificates.authority("other"));
    var verifying =
        new WebAccess.Clients(
            WebAccess.ClientAuth.VERIFY_IF_GIVEN,
            Optional.of(authority.certificatePem()),
            List.of());
    try (var site = new Site(web(verifying))) {
      assertThat(ask(site, Optional.empty())).contains("HTTP/1.1 200");
    }
    var any = new WebAccess.Clients(WebAccess.ClientAuth.REQUIRE_ANY, Optional.empty(), List.of());
    try (var site = new Site(web(any))) {
      assertThat(ask(site, Optional.of(stranger))).contains("HTTP/1.1 200");
      assertThatThrownBy(() -> ask(site, Optional.empty())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_connection_without_a_handshake_is_closed_and_one_that_is_reused_is_not()
      throws GeneralSecurityException, IOException {
    var limits = new Listener.Limits(256, Duration.ofMillis(100));
    try (var site = new Site(web(ANY), limits, World.config());
        var kept = connect(site, Optional.empty())) {
      assertThat(status(kept)).isEqualTo("HTTP/1.1 200");
      try (var silent = new Wire(site.port());
          var handshake = connect(site, Optional.empty())) {
        handshake.startHandshake();

        assertThat(silent.in().read()).isEqualTo(-1);
        assertThat(handshake.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(status(kept)).isEqualTo("HTTP/1.1 200");
    }
  }

  /** Asks on a connection, and leaves it open. */
  private static String status(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    var answer = new StringBuilder();
    while (!answer.toString().endsWith("ok\n")) {
      answer.append((char) socket.getInputStream().read());
    }
    return answer.substring(0, "HTTP/1.1 200".length());
  }

  @Test
  void keys_of_every_form_are_read() throws GeneralSecurityException, IOException {
    for (KeyPair keys : List.of(Certificates.ec(), Certificates.rsa())) {
      var identity = Certificates.issue("localhost", keys, authority);
      for (var key : List.of(identity.keyPem(), identity.oldKeyPem())) {
        try (var site = new Site(web(identity.certificatePem(), key, ANYBODY))) {
          assertThat(ask(site, Optional.empty())).contains("HTTP/1.1 200");
        }
      }
    }
  }

  @Test
  void what_cannot_be_spoken_refuses_to_start() throws GeneralSecurityException, IOException {
    var other = Certificates.issue("localhost", Certificates.ec(), authority);
    var rsa = Certificates.issue("localhost", Certificates.rsa(), authority);

    assertRefused(web("nothing", server.keyPem(), ANYBODY), "no certificate in it");
    assertRefused(
        web(server.certificatePem(), "nothing", ANYBODY), "no unencrypted private key in it");
    assertRefused(
        web(server.certificatePem(), other.keyPem(), ANYBODY), "Found: the key of another one");
    assertRefused(
        web(server.certificatePem(), rsa.keyPem(), ANYBODY), "Found: the key of another one");
    assertRefused(
        web(
            new WebAccess.Protocol(
                WebAccess.TlsVersion.TLS12,
                WebAccess.TlsVersion.TLS13,
                List.of("TLS_RSA_WITH_NONE"),
                WebAccess.CipherOrder.SERVER,
                List.of())),
        "Found: TLS_RSA_WITH_NONE");
    assertRefused(
        web(
            new WebAccess.Protocol(
                WebAccess.TlsVersion.TLS12,
                WebAccess.TlsVersion.TLS13,
                List.of(),
                WebAccess.CipherOrder.SERVER,
                List.of("Curve25519"))),
        "Found: Curve25519");
  }

  private static void assertRefused(Web web, String message) {
    assertThatThrownBy(() -> new Site(web).close())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("web.yml: tls_server_config: wanted ")
        .hasMessageContaining(message);
  }

  @Test
  void another_certificate_is_taken_over_while_it_runs()
      throws GeneralSecurityException, IOException {
    var renewed = Certificates.issue("localhost", Certificates.rsa(), authority);
    try (var site = new Site(web(ANY))) {
      assertThat(shown(site)).isEqualTo(server.certificate());

      site.listener().use(web(renewed.certificatePem(), renewed.keyPem(), ANYBODY));

      assertThat(shown(site)).isEqualTo(renewed.certificate());
    }
  }

  private X509Certificate shown(Site site) throws GeneralSecurityException, IOException {
    try (var socket = connect(site, Optional.empty())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
