package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.lab.LabInstance;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sessions as servers set them up, and end them. */
abstract class SessionContract extends RealServers {
  SessionContract(int major) {
    super(major);
  }

  @Test
  void no_default_of_the_servers_is_a_drift() {
    var cluster = four();
    var hostile =
        Map.of(
            "standard_conforming_strings", "off",
            "default_transaction_isolation", "serializable",
            "default_transaction_deferrable", "on",
            "search_path", "nowhere",
            "statement_timeout", "20",
            "lock_timeout", "1",
            "idle_in_transaction_session_timeout", "1",
            "DateStyle", "SQL, DMY",
            "TimeZone", "Asia/Kathmandu",
            "work_mem", "64");
    try (var watch = Watch.of(lab)) {
      for (var seq = 1; seq <= 4; seq++) {
        hostile.forEach(cluster.instance(seq)::set);
        cluster.instance(seq).restart();
      }

      var snapshot = watch.untilDriftsAre();

      assertThat(snapshot.topology().instances()).hasSize(4);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void functions_of_the_logins_search_path_are_not_called() {
    var server = one();
    server.execute("CREATE SCHEMA evil");
    server.execute(
        "CREATE FUNCTION evil.pg_is_in_recovery() RETURNS bool LANGUAGE sql AS 'SELECT true'");
    server.execute("GRANT USAGE ON SCHEMA evil TO PUBLIC");
    server.execute("ALTER ROLE dbuser_monitor SET search_path = evil, pg_catalog");
    try (var probe = Polls.probe(Polls.LOGIN)) {
      assertThat(probe.observe(Polls.endpoint(server)))
          .isInstanceOfSatisfying(
              Observation.Reachable.class,
              seen ->
                  assertThat(seen.facts().state()).isInstanceOf(ServerState.InProduction.class));
    }
  }

  @Test
  void a_connection_that_ended_while_it_rested_is_replaced_in_the_same_poll() {
    var server = one();
    try (var probe = Polls.probe(Polls.LOGIN)) {
      for (var poll = 0; poll < 3; poll++) {
        assertThat(probe.observe(Polls.endpoint(server))).isInstanceOf(Observation.Reachable.class);
        assertThat(
                server.value(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE application_name = 'pgtopo'"))
            .contains("1");
      }
    }
  }

  @Test
  void a_setting_of_the_login_is_not_taken_for_the_servers() {
    var server = one();
    server.execute("ALTER ROLE dbuser_monitor SET synchronous_commit = off");
    try (var probe = Polls.probe(Polls.LOGIN)) {
      assertThat(probe.observe(Polls.endpoint(server)))
          .isInstanceOfSatisfying(
              Observation.Reachable.class,
              seen ->
                  assertThat(
                          seen.facts()
                              .survey()
                              .ifSeen()
                              .orElseThrow()
                              .settings()
                              .ifSeen()
                              .orElseThrow())
                      .containsKey("wal_level")
                      .doesNotContainKey("synchronous_commit"));
    }
  }

  @Test
  void where_the_default_database_is_closed_the_logins_own_is_used() throws SQLException {
    var server = one();
    server.execute("CREATE DATABASE dbuser_monitor");
    try (var other =
            DriverManager.getConnection(
                server.jdbcUrl().replace("/postgres?", "/dbuser_monitor?"));
        var probe = Polls.probe(Polls.LOGIN)) {
      other.createStatement().execute("ALTER DATABASE postgres ALLOW_CONNECTIONS false");

      assertThat(probe.observe(Polls.endpoint(server))).isInstanceOf(Observation.Reachable.class);

      other.createStatement().execute("ALTER DATABASE postgres RENAME TO closed");

      assertThat(probe.observe(Polls.endpoint(server))).isInstanceOf(Observation.Reachable.class);
    }
  }

  final LabInstance one() {
    return lab.cluster("pg-test").primary(1).start().instance(1);
  }
}
