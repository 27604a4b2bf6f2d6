package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Connects to an address as a client of a service does, finds out which server answers, and closes
 * the connection: a load balancer chooses a server for a new connection only.
 */
public final class Dialler {
  private static final String SQL =
      """
      SELECT %s AS system_identifier,
             extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text AS started,
             pg_catalog.current_setting('port') AS port,
             pg_catalog.host(pg_catalog.inet_server_addr()) AS server_host,
             pg_catalog.inet_server_port()::text AS server_port,
             pg_catalog.pg_is_in_recovery() AS in_recovery""";
  private static final String WHOLE =
      SQL.formatted("(SELECT c.system_identifier::text FROM pg_catalog.pg_control_system() c)");

  /** Where a server refuses its identifier, the rest still tells it from others. */
  private static final String WITHOUT_IDENTIFIER = SQL.formatted("NULL");

  static final String INSUFFICIENT_PRIVILEGE = "42501";

  private final ShortSession session;
  private final String database;
  private final AgentClock clock;

  /**
   * One that has dialled nothing.
   *
   * @param deadline of a connection with its query, whatever answers; more than a second
   */
  public Dialler(
      io.pgtopo.config.settings.Connection settings, Duration deadline, AgentClock clock) {
    this.session = new ShortSession(settings, deadline, clock);
    this.database = settings.database();
    this.clock = clock;
  }

  /** What a client finds at an address. Never throws. */
  public Dial dial(Endpoint address) {
    var started = clock.instant();
    var answer =
        switch (session.ask(address, database, Dialler::ask)) {
          case ShortSession.Outcome.Answered<Dial.Answer>(var found) -> found;
          case ShortSession.Outcome.Failed<Dial.Answer>(var failure) ->
              new Dial.Answer.Failed(failure);
        };
    return new Dial(address, Window.since(started, clock), answer);
  }

  private static Dial.Answer ask(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      try {
        return ask(statement, WHOLE);
      } catch (SQLException refused) {
        if (INSUFFICIENT_PRIVILEGE.equals(refused.getSQLState())) {
          return ask(statement, WITHOUT_IDENTIFIER);
        }
        throw refused;
      }
    }
  }

  private static Dial.Answer ask(Statement statement, String sql) throws SQLException {
    try (var result = statement.executeQuery(sql)) {
      if (!result.next()) {
        throw new SQLException("the statement of a dial returned no row");
      }
      var row = Row.of(result);
      return new Dial.Answer.Server(
          row.text("system_identifier").map(SystemId::parse),
          row.instant("started").orElseThrow(),
          row.port("port").orElseThrow(),
          row.text("server_host")
              .map(host -> new Endpoint(host, row.port("server_port").orElseThrow())),
          row.is("in_recovery") ? Dial.Recovery.IN_RECOVERY : Dial.Recovery.IN_PRODUCTION);
    }
  }
}
