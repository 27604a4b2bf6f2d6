package io.pgtopo.agent.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.function.BooleanSupplier;

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

  /**
   * The result of an attempt.
   *
   * @param isClosed whether the failed attempt has lost its connection, for whatever reason: one
   *     that was idle may have ended long ago, which proves nothing about the server as it is
   */
  <T> T run(Attempt<T> attempt, BooleanSupplier isClosed)
      throws SQLException, IOException, InterruptedException {
    try {
      return attempt.run();
    } catch (SQLException failed) {
      var isOfTheConnection =
          isClosed.getAsBoolean() || PLAN_IS_GONE.contains(String.valueOf(failed.getSQLState()));
      if (isPromotion(failed) || (this == ON_KEPT_CONNECTION && isOfTheConnection)) {
        return attempt.run();
      }
      throw failed;
    }
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
