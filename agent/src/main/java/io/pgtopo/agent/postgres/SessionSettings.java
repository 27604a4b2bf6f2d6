package io.pgtopo.agent.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * What a session is set to, so that no default of the server, the database or the role changes how
 * the statements are parsed, planned, waited for or printed. Every role may set all of it.
 *
 * <p>Not by options of the login: a pooler refuses them, and a login trigger would run under them.
 */
final class SessionSettings {
  private static final String READ_ONLY = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY";

  /** A setting, from a major version on. */
  private record SessionSetting(int since, String name, String value) {}

  /** Those that end a statement first: they apply to the rest of the list too. */
  private final List<SessionSetting> settings;

  /** Settings that let the server cancel a statement after some time. */
  SessionSettings(Duration statementTimeout) {
    settings =
        List.of(
            new SessionSetting(
                10, "statement_timeout", String.valueOf(statementTimeout.toMillis())),
            new SessionSetting(17, "transaction_timeout", "0"),
            new SessionSetting(14, "idle_session_timeout", "0"),
            new SessionSetting(10, "lock_timeout", "500"),
            new SessionSetting(10, "exit_on_error", "off"),
            new SessionSetting(10, "client_min_messages", "warning"),
            // A standby refuses every statement at the level serializable.
            new SessionSetting(10, "default_transaction_isolation", "'read committed'"),
            new SessionSetting(10, "default_transaction_read_only", "on"),
            new SessionSetting(10, "search_path", "pg_catalog, pg_temp"),
            new SessionSetting(10, "standard_conforming_strings", "on"),
            // Microseconds, which 10 and 11 round to tens by default.
            new SessionSetting(10, "extra_float_digits", "1"),
            new SessionSetting(10, "\"IntervalStyle\"", "postgres"),
            new SessionSetting(10, "work_mem", "'4MB'"),
            new SessionSetting(10, "max_parallel_workers_per_gather", "0"),
            new SessionSetting(11, "jit", "off"),
            new SessionSetting(12, "plan_cache_mode", "auto"));
  }

  /**
   * Applies them to a session, and returns whether it is one of the server itself. Behind a pooler,
   * which announces a process of its own, the session belongs to other clients too: nothing is set,
   * and nothing prepared.
   */
  boolean pin(Connection connection) throws SQLException {
    var session = connection.unwrap(PGConnection.class);
    var major = connection.getMetaData().getDatabaseMajorVersion();
    try (var statement = connection.createStatement()) {
      statement.execute(begin(major) + "; SELECT pg_catalog.pg_backend_pid(); COMMIT");
      while (statement.getResultSet() == null) {
        if (!statement.getMoreResults() && statement.getUpdateCount() < 0) {
          throw new IllegalStateException("no number of its process");
        }
      }
      try (var row = statement.getResultSet()) {
        row.next();
        if (row.getInt(1) != session.getBackendPID()) {
          session.setPrepareThreshold(0);
          return false;
        }
      }
      statement.execute(all("SET", major));
      return true;
    }
  }

  /** Begins a transaction with them in a session of a pooler. */
  void begin(Connection connection) throws SQLException {
    execute(connection, begin(connection.getMetaData().getDatabaseMajorVersion()));
  }

  /** Ends it: nothing is left in the session. */
  void end(Connection connection) throws SQLException {
    execute(connection, "ROLLBACK");
  }

  private String begin(int major) {
    return READ_ONLY + "; " + all("SET LOCAL", major);
  }

  private String all(String command, int major) {
    return settings.stream()
        .filter(setting -> setting.since <= major)
        .map(setting -> "%s %s = %s".formatted(command, setting.name, setting.value))
        .collect(Collectors.joining("; "));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
