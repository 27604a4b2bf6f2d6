package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Carries the full reading of one server from look to look, and renews it on first contact, after a
 * restart, a reload or a promotion, and every so many looks. Used by one thread at a time.
 */
final class Surveyor {
  private final int looks;
  private int age;
  private String occasion = "";
  private Reading<Survey> last = Reading.denied("it was not read yet");

  /** A surveyor that renews after so many looks at the latest. */
  Surveyor(int looks) {
    this.looks = looks;
  }

  /** The last reading, which may be of an earlier occasion. */
  Reading<Survey> last() {
    return last;
  }

  /**
   * The reading that goes with a look, newly read if it is due.
   *
   * @param row the answer of the look, of {@link FastQuery}
   * @throws SQLException if the connection broke
   */
  Reading<Survey> after(ResultSet row, Connection connection) throws SQLException {
    var now =
        String.join(
            " ",
            row.getString("system_identifier"),
            row.getString("started"),
            row.getString("configuration_loaded"),
            row.getString("in_recovery"));
    if (now.equals(occasion) && ++age < looks) {
      return last;
    }
    // Noted first: a reading that takes too long is not tried again in the next look.
    occasion = now;
    age = 0;
    last = Reading.denied("it could not be read in time");
    last = read(connection);
    return last;
  }

  private static Reading<Survey> read(Connection connection) throws SQLException {
    try {
      return Reading.seen(SurveyMapping.read(connection));
    } catch (SQLException failed) {
      var failure = Failures.of(failed);
      return switch (failure.kind()) {
        case OTHER, PERMISSION, HUNG ->
            Reading.denied("it could not be read: " + failure.message());
        case REFUSED,
            NO_ROUTE,
            TIMEOUT,
            STARTING_UP,
            SHUTTING_DOWN,
            CRASH_RECOVERY,
            HOT_STANDBY_OFF,
            TOO_MANY_CONNECTIONS,
            AUTHENTICATION,
            TLS,
            DNS,
            CONNECTION_LOST ->
            throw failed;
      };
    }
  }
}
