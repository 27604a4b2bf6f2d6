package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What not every machine can be made to produce. */
class FailuresTest {
  private static Failure connecting(Exception cause) {
    return Failures.of(new SQLException("The connection attempt failed.", "08001", cause));
  }

  @Test
  void a_network_without_a_route_differs_from_a_server_that_refuses() {
    assertThat(connecting(new NoRouteToHostException("No route to host")))
        .isEqualTo(Failure.of(Kind.NO_ROUTE, "The connection attempt failed. No route to host"));
    assertThat(connecting(new ConnectException("Network is unreachable")).kind())
        .isEqualTo(Kind.NO_ROUTE);
    assertThat(connecting(new SocketException("Network is unreachable")).kind())
        .isEqualTo(Kind.NO_ROUTE);
    assertThat(connecting(new ConnectException("Connection refused")).kind())
        .isEqualTo(Kind.REFUSED);
  }

  /** The operating system's text has the language of the agent's environment. */
  @Test
  void a_refused_connection_is_one_in_every_language() {
    assertThat(connecting(new ConnectException("Verbindungsaufbau abgelehnt")).kind())
        .isEqualTo(Kind.REFUSED);
  }

  @Test
  void a_time_out_of_the_network_itself_is_a_time_out() {
    assertThat(connecting(new ConnectException("Connection timed out")).kind())
        .isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void a_connection_that_the_other_side_resets_is_lost() {
    assertThat(connecting(new SocketException("Connection reset")).kind())
        .isEqualTo(Kind.CONNECTION_LOST);
  }

  @Test
  void an_untrusted_certificate_is_a_failure_of_tls() {
    var failure = connecting(new SSLHandshakeException("unable to find valid certification path"));

    assertThat(failure.kind()).isEqualTo(Kind.TLS);
    assertThat(failure.message()).contains("unable to find valid certification path");
  }

  @Test
  void what_the_table_does_not_know_is_other() {
    assertThat(Failures.of(new SQLException("no state")))
        .isEqualTo(Failure.of(Kind.OTHER, "no state"));
  }
}
