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
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Keeps the full reading of one server between polls, and renews it at the first poll, after a
 * restart, a reload or a promotion, and every so many polls. One that failed is repeated in the
 * next poll, then after twice as many polls each time. Used by one thread at a time.
 */
final class Surveyor {
  private final int pollsPerSurvey;
  private int pollsLeft;
  private int pollsUntilRetry = 1;
  private String readFor = "";
  private boolean isPutOff;
  private Reading<Survey> last = Reading.denied(Survey.NOT_YET);

  /** The databases whose contents are read. */
  private final Set<String> selected;

  private final ContentsReader reader;
  private final Refusals refusals;
  private final Redaction redaction;

  /** What was read of databases so far; the rest is waiting. */
  private final SortedMap<String, Reading<DatabaseContents>> contents = new TreeMap<>();

  private final Deque<String> waiting = new ArrayDeque<>();

  /** Those whose reading the end of a poll has cut off; they wait once more. */
  private final Set<String> cutOff = new TreeSet<>();

  /** Reads another database of the server, by a short connection to it. */
  interface ContentsReader {
    DatabaseContents contents(String database) throws SQLException;
  }

  /**
   * A surveyor that renews after so many polls at the latest.
   *
   * @param selected databases whose contents are read while the server is in production
   */
  Surveyor(
      int pollsPerSurvey,
      Set<String> selected,
      ContentsReader reader,
      Refusals refusals,
      Redaction redaction) {
    this.refusals = refusals;
    this.redaction = redaction;
    this.pollsPerSurvey = pollsPerSurvey;
    this.selected = selected;
    this.reader = reader;
  }

  /** The last reading, which may be outdated. */
  Reading<Survey> last() {
    return last;
  }

  /**
   * The reading that goes with a poll, renewed if it is due.
   *
   * @param row the answer of {@link PollQuery}
   * @param hasTime whether there is time; without it, the reading is left to the next poll once
   * @throws SQLException if the connection broke
   */
  Reading<Survey> after(ResultSet row, Connection connection, BooleanSupplier hasTime)
      throws SQLException {
    var now =
        String.join(
            " ",
            String.valueOf(row.getString("system_identifier")),
            row.getString("started"),
            row.getString("configuration_loaded"),
            row.getString("in_recovery"));
    var isOther = !now.equals(readFor);
    if (!isOther && --pollsLeft > 0) {
      return last;
    }
    isPutOff = !isPutOff && !hasTime.getAsBoolean();
    if (isPutOff) {
      pollsLeft = 1;
      return last;
    }
    if (isOther) {
      readFor = now;
      pollsUntilRetry = 1;
    }
    // Set first: a reading that takes too long ends the poll here.
    pollsLeft = pollsUntilRetry;
    pollsUntilRetry = Math.min(2 * pollsUntilRetry, pollsPerSurvey);
    last = Reading.denied("it could not be read in time");
    last = read(connection);
    if (last instanceof Reading.Seen) {
      pollsLeft = pollsPerSurvey;
      pollsUntilRetry = 1;
    }
    contents.clear();
    waiting.clear();
    cutOff.clear();
    if (!row.getBoolean("in_recovery") && last instanceof Reading.Seen<Survey>(var survey)) {
      survey.databases().ifSeen().orElse(List.of()).stream()
          .filter(database -> selected.contains(database.name()))
          .forEach(this::await);
      last = Reading.seen(survey.with(contents));
    }
    return last;
  }

  private void await(LiveDatabase database) {
    if (database.access() == LiveDatabase.Access.OPEN) {
      waiting.add(database.name());
      contents.put(database.name(), Reading.denied(Survey.NOT_YET));
    } else {
      contents.put(database.name(), Reading.denied("it allows no connections"));
    }
  }

  /**
   * The reading with the contents of the databases. Those that are waiting are read one after the
   * other, as long as there is time; the rest waits for the next poll.
   */
  Reading<Survey> withContents(BooleanSupplier hasTime) {
    while (!waiting.isEmpty() && hasTime.getAsBoolean()) {
      var name = waiting.remove();
      contents.put(name, Reading.denied("it could not be read in time"));
      contents.put(name, contents(name));
      if (last instanceof Reading.Seen<Survey>(var survey)) {
        last = Reading.seen(survey.with(contents));
      }
    }
    return last;
  }

  /** A failure of one database does not affect the others. */
  private Reading<DatabaseContents> contents(String name) {
    try {
      return Reading.seen(reader.contents(name));
    } catch (SQLException failed) {
      if (Thread.currentThread().isInterrupted() && cutOff.add(name)) {
        waiting.add(name);
        return Reading.denied(Survey.NOT_YET);
      }
      return Reading.denied("it could not be read: " + redaction.of(Failures.of(failed).message()));
    }
  }

  private Reading<Survey> read(Connection connection) throws SQLException {
    try {
      return Reading.seen(SurveyMapping.read(connection, refusals.reasons()));
    } catch (SQLException failed) {
      if (Refusals.isRefusal(failed) && !refusals.areKnown()) {
        // The poll finds out what is refused, and is repeated without.
        pollsLeft = 1;
        throw failed;
      }
      return Reading.denied(reason(failed, redaction));
    }
  }

  /**
   * Why a statement beside the poll has no result.
   *
   * @throws SQLException if the connection broke
   */
  static String reason(SQLException failed, Redaction redaction) throws SQLException {
    var failure = Failures.of(failed);
    return switch (failure.kind()) {
      case PERMISSION, OTHER, ERROR, HUNG, TOO_LARGE, MALFORMED ->
          "it could not be read: " + redaction.of(failure.message());
      case REFUSED,
          NO_ROUTE,
          TIMEOUT,
          CANNOT_CONNECT_NOW,
          TOO_MANY_CONNECTIONS,
          AUTHENTICATION,
          TLS,
          DNS,
          CONNECTION_LOST,
          AGENT_SLOW,
          AGENT_BUG ->
          throw failed;
    };
  }
}
