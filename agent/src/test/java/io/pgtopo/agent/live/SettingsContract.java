package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.LabInstance;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every setting that a role can have, at its extremes: none changes what the agent sees. */
abstract class SettingsContract extends RealServers {
  /** One role for each value; a value that the server refuses is not tried. */
  private static final String ROLES =
      """
      DO $$
      DECLARE g record; n int := 0;
      BEGIN
        FOR g IN
          SELECT s.name, v.value
            FROM pg_settings s, LATERAL (
                   SELECT e FROM unnest(s.enumvals) e
                   UNION SELECT e FROM unnest(ARRAY['on', 'off']) e WHERE s.vartype = 'bool'
                   UNION SELECT e FROM unnest(ARRAY[s.min_val, s.max_val]) e
                   UNION SELECT '1' WHERE s.name ~ '^(statement|transaction|lock)_timeout$'
                   UNION SELECT '500' WHERE s.name = 'idle_session_timeout'
                   UNION SELECT e FROM (VALUES
                     ('search_path', ''), ('search_path', 'nowhere, pg_temp'),
                     ('DateStyle', 'German, DMY'), ('DateStyle', 'SQL, MDY'),
                     ('IntervalStyle', 'sql_standard'), ('TimeZone', 'Asia/Kathmandu'),
                     ('timezone_abbreviations', 'India'), ('client_encoding', 'SQL_ASCII'),
                     ('client_encoding', 'LATIN1'), ('lc_numeric', 'C.UTF-8'),
                     ('application_name', 'another'), ('default_tablespace', 'pg_global'),
                     ('temp_tablespaces', 'pg_default'), ('role', 'none')) AS t(name, e)
                    WHERE t.name = s.name) AS v(value)
           WHERE s.context IN ('user', 'superuser') AND v.value <> s.boot_val
           ORDER BY s.name, v.value
        LOOP
          n := n + 1;
          EXECUTE format('CREATE ROLE sweep_%s LOGIN IN ROLE pg_monitor', n);
          BEGIN
            EXECUTE format('ALTER ROLE sweep_%s SET %I = %L', n, g.name, g.value);
          EXCEPTION WHEN OTHERS THEN NULL;
          END;
        END LOOP;
      END $$
      """;

  SettingsContract(int major) {
    super(major);
  }

  @Test
  void no_setting_of_the_login_changes_what_is_seen() throws SQLException {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    primary.execute(ROLES);
    untilReplayed(replica, primary);
    var roles = roles(primary);
    assertThat(roles).hasSizeGreaterThan(200);

    for (var server : List.of(primary, replica)) {
      var expected = seen(server, "dbuser_monitor");

      for (var role : roles.entrySet()) {
        var setting = role.getValue();
        var name = setting.substring(0, setting.indexOf('='));
        assertThat(seen(server, role.getKey()))
            .as("%s with %s", server, setting)
            .satisfiesAnyOf(
                seen -> assertThat(seen).isEqualTo(expected),
                seen -> assertThat(seen).isEqualTo(expected.without(name)));
      }
    }
  }

  /** The setting of each role. */
  private static SortedMap<String, String> roles(LabInstance primary) throws SQLException {
    var roles = new TreeMap<String, String>();
    try (var connection = DriverManager.getConnection(primary.jdbcUrl());
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT r.rolname, s.setconfig[1] FROM pg_db_role_setting s"
                    + " JOIN pg_roles r ON r.oid = s.setrole")) {
      while (rows.next()) {
        roles.put(rows.getString(1), rows.getString(2));
      }
    }
    return roles;
  }

  /** What stays the same from poll to poll. */
  private record Seen(List<String> facts, SortedMap<String, String> settings) {
    Seen without(String setting) {
      var others = new TreeMap<>(settings);
      others.remove(setting);
      return new Seen(facts, others);
    }
  }

  /** What the second poll sees, on the connection of the first. */
  private static Seen seen(LabInstance server, String role) {
    var login = new Connection(role, "postgres", Optional.empty(), Connection.SslMode.DISABLE);
    try (var probe = Polls.probe(login)) {
      probe.observe(Polls.endpoint(server));
      return switch (probe.observe(Polls.endpoint(server))) {
        case Observation.Unreachable(var endpoint, var window, var failure) ->
            new Seen(List.of(failure.toString()), new TreeMap<>());
        case Observation.Reachable(var endpoint, var window, var facts, var refusal) ->
            lasting(facts);
      };
    }
  }

  private static Seen lasting(InstanceFacts facts) {
    var survey = facts.survey().ifSeen().orElseThrow();
    return new Seen(
        Stream.of(
                facts.identity(),
                facts.timeline(),
                facts.state().getClass(),
                facts.recovery(),
                facts.walReceiver().map(it -> it.backend() + " " + it.upstream()),
                facts.replication().slots(),
                facts.replication().walSenders().stream()
                    .map(it -> it.backend() + " " + it.stream().ifSeen().map(s -> s.stateText()))
                    .toList(),
                survey.databases(),
                survey.roles().ifSeen().orElseThrow().size(),
                survey.wal())
            .map(String::valueOf)
            .toList(),
        survey.settings().ifSeen().orElseThrow());
  }
}
