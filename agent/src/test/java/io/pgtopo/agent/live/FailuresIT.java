package io.pgtopo.agent.live;

import static io.pgtopo.agent.live.Polls.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each way not to answer, by its true cause, in its own words and in time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailuresIT {
  private final Lab lab = Lab.open(Postgres.version(18), progress -> {});
  private final LabCluster cluster =
      lab.cluster("pg-test").primary(1).replica(2).replica(3).start();

  @AfterAll
  void close() {
    lab.close();
  }

  @Test
  void a_wrong_password_is_reported_with_the_servers_message_and_never_shown() {
    try (var watch = Watch.of(lab, "locked", Optional.of("s3cret-canary"))) {
      var failure = failure(watch.poll(1));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
      assertThat(failure.sqlState()).contains("28P01");
      assertThat(failure.message())
          .contains("password authentication failed for user \"locked\"")
          .doesNotContain("s3cret-canary");
    }
  }

  @Test
  void the_right_password_is_accepted() {
    try (var watch = Watch.of(lab, "locked", Optional.of("DBUser.Locked"))) {
      assertThat(watch.poll(1)).isInstanceOf(Observation.Reachable.class);
    }
  }

  @Test
  void an_unknown_role_is_a_refused_login() {
    try (var watch = Watch.of(lab, "unknown_role")) {
      var failure = failure(watch.poll(1));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
      assertThat(failure.message()).contains("role \"unknown_role\" does not exist");
    }
  }

  @Test
  void a_stopped_server_refuses_at_once_whether_or_not_it_was_seen_before() {
    cluster.instance(2).stop();
    try (var seenBefore = Watch.of(lab);
        var never = Watch.of(lab)) {
      cluster.instance(2).start();
      assertThat(seenBefore.poll(2)).isInstanceOf(Observation.Reachable.class);
      cluster.instance(2).stop();

      for (var watch : new Watch[] {seenBefore, never}) {
        var observation = watch.poll(2);

        assertThat(failure(observation).kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(observation.window().length()).isLessThan(Watch.DEADLINE);
      }
    } finally {
      cluster.instance(2).start();
      cluster.instance(2).awaitStreaming();
    }
  }

  @Test
  void a_frozen_server_hangs_but_the_poll_ends_in_time_and_delays_no_other() {
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      cluster.instance(3).freeze();

      var snapshot = watch.cycle();

      assertThat(snapshot.topology().unreachable()).hasSize(1);
      assertThat(snapshot.topology().unreachable().values())
          .extracting(Failure::kind)
          .containsExactly(Failure.Kind.HUNG);
      assertThat(snapshot.topology().instances()).hasSize(2);
      assertThat(snapshot.window().length()).isLessThan(Watch.DEADLINE.plus(Polls.SLACK));

      cluster.instance(3).thaw();

      assertThat(watch.poll(3)).isInstanceOf(Observation.Reachable.class);
    } finally {
      cluster.instance(3).thaw();
    }
  }

  @Test
  void a_server_that_was_frozen_before_the_first_poll_hangs_and_answers_after_the_thaw() {
    cluster.instance(3).freeze();
    try (var watch = Watch.of(lab)) {
      var failure = failure(watch.poll(3));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.HUNG);
      assertThat(failure.message()).contains("accepts connections, but did not answer");

      cluster.instance(3).thaw();

      assertThat(watch.poll(3)).isInstanceOf(Observation.Reachable.class);
    } finally {
      cluster.instance(3).thaw();
    }
  }

  @Test
  void a_standby_that_takes_no_queries_is_alive_and_says_so() {
    var instance = cluster.instance(3);
    instance.set("hot_standby", "off");
    instance.restart();
    try (var watch = Watch.of(lab)) {
      var failure = failure(watch.poll(3));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.CANNOT_CONNECT_NOW);
      assertThat(failure.sqlState()).contains("57P03");
    } finally {
      instance.set("hot_standby", "on");
      instance.restart();
      instance.awaitStreaming();
    }
  }

  @Test
  void a_server_that_waits_for_its_last_session_is_shutting_down() throws SQLException {
    var instance = cluster.instance(3);
    try (var last = DriverManager.getConnection(instance.jdbcUrl());
        var watch = Watch.of(lab)) {
      RealServers.signal("TERM", postmaster(instance));

      Polls.untilFailed(() -> watch.poll(3), Failure.Kind.CANNOT_CONNECT_NOW);

      assertThat(failure(watch.poll(3)))
          .isEqualTo(
              new Failure(
                  Failure.Kind.CANNOT_CONNECT_NOW,
                  "FATAL: the database system is shutting down",
                  Optional.of("57P03")));
      assertThat(last.isClosed()).isFalse();
    } finally {
      instance.stop();
      instance.start();
      instance.awaitStreaming();
    }
  }

  /** The server cannot reinitialise while one of its processes is stopped, for five seconds. */
  @Test
  void a_server_whose_backend_crashed_is_in_crash_recovery() throws SQLException {
    var instance = cluster.instance(3);
    try (var stopped = DriverManager.getConnection(instance.jdbcUrl());
        var killed = DriverManager.getConnection(instance.jdbcUrl());
        var watch = Watch.of(lab)) {
      var backend = backend(stopped);
      RealServers.signal("STOP", backend);
      RealServers.signal("KILL", backend(killed));

      Polls.untilFailed(() -> watch.poll(3), Failure.Kind.CANNOT_CONNECT_NOW);

      assertThat(failure(watch.poll(3)))
          .isEqualTo(
              new Failure(
                  Failure.Kind.CANNOT_CONNECT_NOW,
                  "FATAL: the database system is in recovery mode",
                  Optional.of("57P03")));

      RealServers.signal("CONT", backend);

      Polls.untilReachable(() -> watch.poll(3));
    } finally {
      instance.awaitStreaming();
    }
  }

  @Test
  void a_standby_that_waits_for_its_archive_is_starting_up() throws Exception {
    var instance = cluster.instance(3);
    var gate = Files.createTempFile("pgtopo", ".gate");
    instance.set("restore_command", "while [ -e " + gate + " ]; do sleep 0.05; done; false");
    instance.stop();
    var starting = new FutureTask<>(instance::start, true);
    Thread.ofVirtual().start(starting);
    try (var watch = Watch.of(lab)) {
      Polls.untilFailed(() -> watch.poll(3), Failure.Kind.CANNOT_CONNECT_NOW);

      assertThat(failure(watch.poll(3)))
          .isEqualTo(
              new Failure(
                  Failure.Kind.CANNOT_CONNECT_NOW,
                  "FATAL: the database system is starting up",
                  Optional.of("57P03")));
    } finally {
      Files.delete(gate);
      starting.get();
      instance.set("restore_command", "");
      instance.restart();
      instance.awaitStreaming();
    }
  }

  @Test
  void a_role_without_a_connection_left_finds_the_server_full() {
    cluster.instance(1).execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");
    try (var watch = Watch.of(lab, "crowded")) {
      assertThat(failure(watch.poll(1)))
          .isEqualTo(
              new Failure(
                  Failure.Kind.TOO_MANY_CONNECTIONS,
                  "FATAL: too many connections for role \"crowded\"",
                  Optional.of("53300")));
    }
  }

  @Test
  void a_role_that_may_not_log_in_is_a_refused_login() {
    cluster.instance(1).execute("CREATE ROLE nologin NOLOGIN");
    try (var watch = Watch.of(lab, "nologin")) {
      assertThat(failure(watch.poll(1)))
          .isEqualTo(
              new Failure(
                  Failure.Kind.AUTHENTICATION,
                  "FATAL: role \"nologin\" is not permitted to log in",
                  Optional.of("28000")));
    }
  }

  @Test
  void a_password_that_is_wanted_and_not_known_is_a_refused_login() {
    try (var watch = Watch.of(lab, "locked")) {
      var failure = failure(watch.poll(1));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
      assertThat(failure.message()).contains("no password was provided");
    }
  }

  @Test
  void an_unknown_database_is_a_refused_login() {
    var login = new Connection("plain", "no_such", Optional.empty(), Connection.SslMode.DISABLE);

    assertThat(failure(login, Polls.endpoint(cluster.instance(1))))
        .isEqualTo(
            new Failure(
                Failure.Kind.AUTHENTICATION,
                "FATAL: database \"no_such\" does not exist",
                Optional.of("3D000")));
  }

  @Test
  void a_server_without_tls_is_not_polled_in_clear_where_tls_is_required() {
    var login = new Connection("plain", "postgres", Optional.empty(), Connection.SslMode.REQUIRE);

    assertThat(failure(login, Polls.endpoint(cluster.instance(1))))
        .isEqualTo(Failure.of(Failure.Kind.TLS, "The server does not support SSL."));
  }

  @Test
  void a_server_that_went_away_on_a_kept_connection_refuses() {
    var instance = cluster.instance(3);
    try (var watch = Watch.of(lab)) {
      assertThat(watch.poll(3)).isInstanceOf(Observation.Reachable.class);

      instance.kill();

      assertThat(failure(watch.poll(3)).kind()).isEqualTo(Failure.Kind.REFUSED);
    } finally {
      instance.start();
      instance.awaitStreaming();
    }
  }

  private static long postmaster(LabInstance instance) {
    try (var lines = Files.lines(instance.dataDirectory().resolve("postmaster.pid"))) {
      return Long.parseLong(lines.findFirst().orElseThrow().strip());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static long backend(java.sql.Connection session) throws SQLException {
    try (var statement = session.createStatement();
        var row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
