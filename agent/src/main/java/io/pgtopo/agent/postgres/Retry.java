package io.pgtopo.agent.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** Runs the query of a poll, and once more if the first failure proves nothing about the server. */
enum Retry {
  /** The first attempt uses a connection that was idle since the previous poll. */
  ON_KEPT_CONNECTION,
  /** The first attempt opens a connection. */
  ON_NEW_CONNECTION;

  /** {@code object_not_in_prerequisite_state}: the server was promoted within the statement. */
  private static final String PROMOTED_MEANWHILE = "55000";

  /**
   * The prepared statement of the connection is gone, or is another one: behind a pooler in
   * transaction mode another server process answers.
   */
  private static final Set<String> PLAN_IS_GONE = Set.of("26000", "42P05", "0A000");

  /** A statement, sent once. */
  interface Attempt<T> {
    T run() throws SQLException, IOException, InterruptedException;
  }

  <T> T run(Attempt<T> attempt) throws SQLException, IOException, InterruptedException {
    try {
      return attempt.run();
    } catch (SQLException failed) {
      if (isPromotion(failed) || (this == ON_KEPT_CONNECTION && isOfTheConnection(failed))) {
        return attempt.run();
      }
      throw failed;
    }
  }

  /** A connection that broke while it was idle proves nothing about the server as it is. */
  private static boolean isOfTheConnection(SQLException failed) {
    return switch (Failures.of(failed).kind()) {
      case CONNECTION_LOST, SHUTTING_DOWN, CRASH_RECOVERY -> true;
      default -> PLAN_IS_GONE.contains(String.valueOf(failed.getSQLState()));
    };
  }

  /** For a statement that saw both states, where PostgreSQL itself raised no error. */
  static SQLException promotion() {
    return new SQLException("the server was promoted within the statement", PROMOTED_MEANWHILE);
  }

  /** Whether the server left recovery during the statement. */
  static boolean isPromotion(SQLException failed) {
    return PROMOTED_MEANWHILE.equals(failed.getSQLState());
  }
}
