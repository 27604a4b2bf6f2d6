package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers that are far away: only the deadline limits how far. */
class DistanceIT {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Connection TRUSTED =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER);

  private static Lab lab;
  private static LabInstance server;

  @BeforeAll
  static void start() {
    lab = Lab.open(Postgres.version(18), progress -> {});
    server = lab.cluster("pg-test").primary(1).start().instance(1);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @Test
  void a_server_whose_round_trips_take_300_ms_answers_with_a_full_reading() throws IOException {
    try (var distant = distant(Duration.ofMillis(150));
        var probe = probe(TRUSTED)) {
      assertThat(facts(probe, distant).survey()).isInstanceOf(Reading.Seen.class);
    }
  }

  @Test
  void a_server_whose_round_trips_take_a_second_answers_at_the_first_poll_and_then_in_full()
      throws IOException {
    try (var distant = distant(Duration.ofMillis(500));
        var probe = probe(TRUSTED)) {
      var first = facts(probe, distant);
      var second = facts(probe, distant);

      assertThat(first.identity()).isEqualTo(second.identity());
      assertThat(second.survey()).isInstanceOf(Reading.Seen.class);
      assertThat(sessionsOpened()).as("sessions of both polls").isEqualTo(1);
    }
  }

  @Test
  void a_login_with_a_password_takes_longer_and_is_in_time_too() throws IOException {
    server.execute("CREATE ROLE dbuser_far LOGIN PASSWORD 'secret' IN ROLE pg_monitor");
    var hba = server.dataDirectory().resolve("pg_hba.conf");
    Files.writeString(hba, "host all dbuser_far all scram-sha-256\n" + Files.readString(hba));
    server.reload();
    var login =
        new Connection(
            "dbuser_far", "postgres", Optional.of(new Secret("secret")), Connection.SslMode.PREFER);
    try (var distant = distant(Duration.ofMillis(500));
        var probe = probe(login)) {
      facts(probe, distant);

      assertThat(facts(probe, distant).survey()).isInstanceOf(Reading.Seen.class);
    }
  }

  private static DistantServer distant(Duration eachWay) throws IOException {
    return new DistantServer(Polls.endpoint(server), eachWay);
  }

  private static JdbcProbe probe(Connection login) {
    return new JdbcProbe(login, DEADLINE, InstantSource.system()::instant);
  }

  private static InstanceFacts facts(JdbcProbe probe, DistantServer distant) {
    return switch (probe.observe(distant.endpoint())) {
      case Observation.Reachable reachable -> reachable.facts();
      case Observation.Unreachable silent -> throw new AssertionError(silent.failure().message());
    };
  }

  private static int sessionsOpened() {
    return Integer.parseInt(
        server
            .value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgtopo'")
            .orElseThrow());
  }
}
