package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/**
 * Connects to an address as a client of a service does, finds out which server answers, and closes
 * the connection: a load balancer chooses a server for a new connection only.
 *
 * <p>It speaks the simple protocol and sets nothing, so that a pooler may stand in between. It
 * sends no password to what asks for it in the clear.
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

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final io.pgtopo.config.settings.Connection settings;
  private final Duration deadline;
  private final Login login;
  private final AgentClock clock;

  /**
   * One that has dialled nothing.
   *
   * @param deadline of a connection with its query, whatever answers; more than a second
   */
  public Dialler(
      io.pgtopo.config.settings.Connection settings, Duration deadline, AgentClock clock) {
    this.settings = settings;
    this.deadline = deadline;
    this.login = new Login(settings, deadline);
    this.clock = clock;
  }

  /** What a client finds at an address. Never throws. */
  public Dial dial(Endpoint address) {
    var started = clock.instant();
    var answer = answer(address);
    return new Dial(address, Window.since(started, clock), answer);
  }

  private Dial.Answer answer(Endpoint address) {
    var properties = login.to(address);
    properties.setProperty("preferQueryMode", "simple");
    // What accepts and then says nothing is told apart from a network that loses all.
    properties.setProperty("connectTimeout", "1");
    var url = Login.url(address, settings.database());
    var task = new FutureTask<>(() -> ask(url, properties));
    var thread = Thread.ofVirtual().name("dial of " + address).start(task);
    try {
      return new WaitTime(deadline, clock::steady)
          .await(task, () -> WAITING.contains(thread.getState()));
    } catch (ExecutionException failed) {
      var redaction = login.redaction(address);
      var failure = JdbcProbe.failure(address, failed.getCause());
      return new Dial.Answer.Failed(
          new Failure(failure.kind(), redaction.of(failure.message()), failure.sqlState()));
    } catch (TimeoutException silent) {
      task.cancel(true);
      return failed(
          Failure.Kind.HUNG,
          "%s accepts connections, but did not answer within %d ms"
              .formatted(address, deadline.toMillis()));
    } catch (InterruptedException cancelled) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      return failed(Failure.Kind.AGENT_SLOW, "the dial was interrupted");
    }
  }

  private static Dial.Answer failed(Failure.Kind kind, String message) {
    return new Dial.Answer.Failed(Failure.of(kind, message));
  }

  private static Dial.Answer ask(String url, Properties login) throws SQLException {
    try (var connection = DriverManager.getConnection(url, login);
        var statement = connection.createStatement()) {
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
