package io.pgtopo.agent.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** How often a look asks: twice if the first answer says nothing of the server, else once. */
enum Attempts {
  /** The first attempt is made on a connection that rested since the look before. */
  FROM_KEPT_CONNECTION,
  /** The first attempt opens a connection. */
  FROM_NEW_CONNECTION;

  /** {@code object_not_in_prerequisite_state}: the server was promoted within the statement. */
  private static final String PROMOTED_MEANWHILE = "55000";

  /**
   * The statement that the connection had prepared is not there any more, or is another one: behind
   * a pooler of transactions another server process answers.
   */
  private static final Set<String> PLAN_IS_GONE = Set.of("26000", "42P05", "0A000");

  /** A question to a server. */
  interface Question<T> {
    T ask() throws SQLException, IOException, InterruptedException;
  }

  /** The answer to the first attempt that says something. */
  <T> T at(Question<T> question) throws SQLException, IOException, InterruptedException {
    try {
      return question.ask();
    } catch (SQLException failed) {
      if (isNews(failed)) {
        throw failed;
      }
      return question.ask();
    }
  }

  private boolean isNews(SQLException failed) {
    return !isPromotion(failed) && !(this == FROM_KEPT_CONNECTION && isOfThePast(failed));
  }

  /** A connection that broke while it rested says nothing of the server as it is. */
  private static boolean isOfThePast(SQLException failed) {
    return switch (Failures.of(failed).kind()) {
      case CONNECTION_LOST, SHUTTING_DOWN, CRASH_RECOVERY -> true;
      default -> PLAN_IS_GONE.contains(String.valueOf(failed.getSQLState()));
    };
  }

  /** What a statement that saw both states fails with, if PostgreSQL itself did not object. */
  static SQLException promotion() {
    return new SQLException("the server was promoted within the statement", PROMOTED_MEANWHILE);
  }

  /** Whether a statement saw a server in recovery first and in production then. */
  static boolean isPromotion(SQLException failed) {
    return PROMOTED_MEANWHILE.equals(failed.getSQLState());
  }
}
