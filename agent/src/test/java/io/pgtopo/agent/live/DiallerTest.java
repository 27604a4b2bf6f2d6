package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands at the port of a service and is no PostgreSQL. */
@Timeout(60)
class DiallerTest {
  private final Dialler dialler =
      new Dialler(
          new Connection(
              "monitor",
              "postgres",
              Optional.of(new Secret("correct horse")),
              Connection.SslMode.PREFER),
          MachineLoad.allowed(Duration.ofSeconds(2)),
          InstantSource.system()::instant);

  private String failure(Endpoint address) {
    var dial = dialler.dial(address);

    assertThat(dial.address()).isEqualTo(address);
    return switch (dial.answer()) {
      case Dial.Answer.Server server -> "a server";
      case Dial.Answer.Failed(var failure) -> failure.kind().label();
    };
  }

  @Test
  void nothing_listens() throws IOException {
    Endpoint free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = new Endpoint("127.0.0.1", socket.getLocalPort());
    }

    assertThat(failure(free)).isEqualTo("refused");
  }

  @Test
  void what_says_nothing_is_hung() throws IOException {
    try (var silent = Impostor.silent()) {
      assertThat(failure(silent.endpoint())).isEqualTo("hung");
    }
  }

  @Test
  void what_says_a_byte_now_and_then_is_hung() throws IOException {
    try (var dripping = Impostor.dripping()) {
      assertThat(failure(dripping.endpoint())).isEqualTo("hung");
    }
  }

  @Test
  void a_web_server_is_no_server_for_clients() throws IOException {
    try (var web = Impostor.web()) {
      assertThat(failure(web.endpoint())).isIn("other", "connection_lost", "too_large");
    }
  }

  @Test
  void bytes_without_end_are_a_named_failure() throws IOException {
    for (var letter : "xENRS\0".toCharArray()) {
      try (var endless = Impostor.endless(letter)) {
        assertThat(failure(endless.endpoint()))
            .as("%c", letter)
            .isIn("other", "connection_lost", "too_large", "hung", "malformed", "tls");
      }
    }
  }

  /** It waits for TLS, and gets PostgreSQL's own request for it. */
  @Test
  void a_port_that_speaks_tls_is_no_server_for_clients(@TempDir Path directory) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(SelfSigned.store(directory), SelfSigned.PASSWORD.toCharArray());
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.start();
    try {
      assertThat(failure(new Endpoint("127.0.0.1", server.getAddress().getPort())))
          .isIn("other", "connection_lost", "hung", "malformed", "tls");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_load_balancer_without_a_server_closes_the_connection() throws IOException {
    try (var slamming = Impostor.slamming()) {
      assertThat(failure(slamming.endpoint())).isEqualTo("connection_lost");
    }
  }

  @Test
  void a_firewall_is_no_fault_of_the_service() throws IOException {
    try (var firewall = Impostor.blackHole()) {
      assertThat(failure(firewall.endpoint())).isEqualTo("timeout");
    }
  }

  @Test
  void a_refused_login_is_an_answer() throws IOException {
    try (var server = Impostor.saying("28000", "no such user")) {
      assertThat(failure(server.endpoint())).isEqualTo("authentication");
    }
  }

  @Test
  void what_asks_for_the_password_in_the_clear_does_not_get_it() throws IOException {
    for (var asking : List.<Impostor.Asking>of(Impostor.Asking::cleartext, Impostor.Asking::md5)) {
      var received = new ByteArrayOutputStream();
      try (var server = Impostor.asking(asking, received)) {
        assertThat(failure(server.endpoint())).isEqualTo("authentication");
      }
      assertThat(received.toString(StandardCharsets.ISO_8859_1))
          .contains("monitor")
          .doesNotContain("correct horse", "md5");
    }
  }

  @Test
  void a_name_without_an_address_is_not_blamed_on_the_service() {
    assertThat(failure(new Endpoint("nowhere.invalid", 5433))).isEqualTo("dns");
  }
}
