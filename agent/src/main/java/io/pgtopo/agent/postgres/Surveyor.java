package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Carries the full reading of one server from look to look, and renews it on first contact, after a
 * restart, a reload or a promotion, and every so many looks. Used by one thread at a time.
 */
final class Surveyor {
  private final int looks;
  private int age;
  private String occasion = "";
  private Reading<Survey> last = Reading.denied("it was not read yet");

  /** The databases to be looked into. */
  private final Set<String> inside;

  private final Door door;

  /** What was found in databases so far, and who is still to be looked into. */
  private final SortedMap<String, Reading<DatabaseContents>> interiors = new TreeMap<>();

  private final Deque<String> waiting = new ArrayDeque<>();

  /** Opens a short connection to another database of the server. */
  interface Door {
    Connection open(String database) throws SQLException;
  }

  /**
   * A surveyor that renews after so many looks at the latest.
   *
   * @param inside databases that are looked into while the server is in production
   */
  Surveyor(int looks, Set<String> inside, Door door) {
    this.looks = looks;
    this.inside = inside;
    this.door = door;
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
    interiors.clear();
    waiting.clear();
    if (!row.getBoolean("in_recovery") && last instanceof Reading.Seen<Survey>(var survey)) {
      survey.databases().stream()
          .filter(database -> inside.contains(database.name()))
          .forEach(this::await);
      last = Reading.seen(survey.with(interiors));
    }
    return last;
  }

  private void await(LiveDatabase database) {
    if (database.access() == LiveDatabase.Access.OPEN) {
      waiting.add(database.name());
      interiors.put(database.name(), Reading.denied("it was not read yet"));
    } else {
      interiors.put(database.name(), Reading.denied("it allows no connections"));
    }
  }

  /**
   * The reading with what is in the databases, of which those that wait are looked into one after
   * the other, for as long as there is time; the rest waits for the next look.
   */
  Reading<Survey> inside(BooleanSupplier hasTime) {
    while (!waiting.isEmpty() && hasTime.getAsBoolean()) {
      var name = waiting.remove();
      interiors.put(name, Reading.denied("it could not be read in time"));
      interiors.put(name, interior(name));
      if (last instanceof Reading.Seen<Survey>(var survey)) {
        last = Reading.seen(survey.with(interiors));
      }
    }
    return last;
  }

  /** Whatever is wrong with one database says nothing of the server. */
  private Reading<DatabaseContents> interior(String name) {
    try (var connection = door.open(name)) {
      return Reading.seen(SurveyMapping.contents(connection));
    } catch (SQLException failed) {
      return Reading.denied("it could not be looked into: " + Failures.of(failed).message());
    }
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
