package io.pgtopo.agent.live;

import static io.pgtopo.agent.live.Polls.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Connection.SslMode;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The ways not to answer that need no server: each by its kind, in its own words, in time. */
class NoServerIT {

  @Test
  void a_port_without_a_listener_refuses_at_once() throws IOException {
    var endpoint = Impostor.withoutListener();
    try (var probe = Polls.probe(Polls.LOGIN)) {
      var observation = probe.observe(endpoint);

      assertThat(failure(observation))
          .isEqualTo(Failure.of(Kind.REFUSED, "Connection to " + endpoint + " refused."));
      assertThat(observation.window().length()).isLessThan(Watch.DEADLINE);
    }
  }

  @Test
  void attempts_that_are_dropped_are_a_time_out() throws IOException {
    try (var blackHole = Impostor.blackHole()) {
      var endpoint = blackHole.endpoint();

      assertThat(failure(endpoint))
          .isEqualTo(
              Failure.of(
                  Kind.TIMEOUT,
                  "%s did not answer within %d ms".formatted(endpoint, Watch.DEADLINE.toMillis())));
    }
  }

  /** With PREFER the driver asks for TLS first and then connects anew without. */
  @TestFactory
  Stream<DynamicTest> what_accepts_and_stays_silent_hangs_in_every_ssl_mode() {
    return Stream.of(SslMode.values())
        .map(mode -> dynamicTest(mode.label(), () -> acceptsAndStaysSilent(mode)));
  }

  private static void acceptsAndStaysSilent(SslMode sslMode) throws IOException {
    try (var silent = Impostor.silent()) {
      var endpoint = silent.endpoint();
      var login = new Connection("dbuser_monitor", "postgres", Optional.empty(), sslMode);

      var failure = failure(login, endpoint);

      assertThat(failure.kind()).isEqualTo(Kind.HUNG);
      assertThat(failure.message())
          .startsWith(endpoint + " accepts connections, but did not answer within ");
    }
  }

  @Test
  void what_answers_by_single_bytes_hangs() throws IOException {
    try (var dripping = Impostor.dripping()) {
      assertThat(failure(dripping.endpoint()).kind()).isEqualTo(Kind.HUNG);
    }
  }

  @Test
  void a_name_without_an_address_differs_from_a_server_that_is_down() {
    var failure = failure(new Endpoint("no-such-host.invalid", 5432));

    assertThat(failure.kind()).isEqualTo(Kind.DNS);
    assertThat(failure.message()).contains("no-such-host.invalid");
  }

  @Test
  void what_closes_the_door_at_once_is_a_lost_connection() throws IOException {
    try (var slamming = Impostor.slamming()) {
      assertThat(failure(slamming.endpoint()).kind()).isEqualTo(Kind.CONNECTION_LOST);
    }
  }

  /** Its first bytes, read as the length of a message, announce more than any answer has. */
  @Test
  void what_speaks_another_protocol_sends_too_much() throws IOException {
    try (var web = Impostor.web()) {
      assertThat(failure(web.endpoint()).kind()).isEqualTo(Kind.TOO_LARGE);
    }
  }

  private record Refusal(String sqlState, String message, Kind kind) {}

  @TestFactory
  Stream<DynamicTest> a_rejected_login_is_reported_with_the_servers_message() {
    return Stream.of(
            new Refusal("57P03", "the database system is starting up", Kind.CANNOT_CONNECT_NOW),
            new Refusal("57P03", "das Datenbanksystem fährt herunter", Kind.CANNOT_CONNECT_NOW),
            new Refusal("57P03", "система баз данных запускается", Kind.CANNOT_CONNECT_NOW),
            new Refusal("57P01", "terminating connection", Kind.ERROR),
            new Refusal("57P02", "crash of another server process", Kind.ERROR),
            new Refusal("53300", "sorry, too many clients already", Kind.TOO_MANY_CONNECTIONS),
            new Refusal("28P01", "password authentication failed", Kind.AUTHENTICATION),
            new Refusal("28000", "no pg_hba.conf entry", Kind.AUTHENTICATION),
            new Refusal("3D000", "database \"x\" does not exist", Kind.AUTHENTICATION),
            new Refusal("42501", "permission denied for database", Kind.PERMISSION),
            new Refusal("57014", "canceling authentication", Kind.ERROR),
            new Refusal("XX000", "could not open shared memory segment", Kind.ERROR))
        .map(refusal -> dynamicTest(refusal.message(), () -> saysAtTheDoor(refusal)));
  }

  private static void saysAtTheDoor(Refusal refusal) throws IOException {
    try (var server = Impostor.saying(refusal.sqlState(), refusal.message())) {
      assertThat(failure(server.endpoint()))
          .isEqualTo(
              new Failure(
                  refusal.kind(), "FATAL: " + refusal.message(), Optional.of(refusal.sqlState())));
    }
  }
}
