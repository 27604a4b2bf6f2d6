package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.RefusableFact;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.util.PSQLException;

/**
 * Which facts one server refuses to the role, and why. They are looked for only if the statement of
 * a poll was refused, and forgotten after so many polls. Used by one thread at a time.
 */
final class Refusals {
  /** No privilege; and no such function, table or column, in what is derived from PostgreSQL. */
  private static final Set<String> STATES = Set.of("42501", "42883", "42P01", "42703");

  /** {@code query_canceled}, by {@code statement_timeout}. */
  private static final String TIMED_OUT = "57014";

  /** The first version without a statistics collector. */
  private static final int OWN_STATISTICS = 15;

  /** A name that does not exist is not missing a privilege. */
  private static final String MISSING_PRIVILEGES =
      """
      SELECT o.name
        FROM unnest(?::text[]) AS o(name)
       WHERE NOT CASE WHEN o.name LIKE '%(%'
                      THEN has_function_privilege(to_regprocedure(o.name), 'EXECUTE')
                      ELSE has_table_privilege(to_regclass(o.name), 'SELECT') END
      """;

  private final int pollsUntilRetry;
  private final Redaction redaction;
  private final Map<RefusableFact, String> reasons = new EnumMap<>(RefusableFact.class);
  private int pollsLeft;
  private boolean areKnown;

  Refusals(int pollsUntilRetry, Redaction redaction) {
    this.pollsUntilRetry = pollsUntilRetry;
    this.redaction = redaction;
  }

  /** To be called at the begin of a poll. */
  void atPoll() {
    areKnown = false;
    if (--pollsLeft <= 0) {
      reasons.clear();
    }
  }

  /** Why each refused fact is hidden. */
  Map<RefusableFact, String> reasons() {
    return Collections.unmodifiableMap(reasons);
  }

  static boolean isRefusal(SQLException failed) {
    return failed instanceof PSQLException && STATES.contains(String.valueOf(failed.getSQLState()));
  }

  /**
   * Goes without the archiver for a while if the statement took too long: up to 14 its view waits
   * for the statistics collector, which may hang while all else works.
   */
  void giveUpArchiver(int major, SQLException failed) {
    if (major < OWN_STATISTICS && TIMED_OUT.equals(failed.getSQLState())) {
      reasons.putIfAbsent(
          RefusableFact.ARCHIVER,
          "pg_stat_archiver waits for the statistics collector, and the statement timed out");
      pollsLeft = pollsUntilRetry;
    }
  }

  /** Tries each fact alone that is not known to be refused. */
  void find(int major, Connection connection, Target target) throws SQLException {
    for (var fact : RefusableFact.values()) {
      if (!reasons.containsKey(fact)) {
        tryAlone(fact, major, connection, target);
      }
    }
    areKnown = true;
  }

  /** Whether what is refused was looked for in this poll. */
  boolean areKnown() {
    return areKnown;
  }

  private void tryAlone(RefusableFact fact, int major, Connection connection, Target target)
      throws SQLException {
    try {
      target.run(connection, () -> rows(connection, PollQuery.alone(major, fact)));
    } catch (SQLException failed) {
      if (!isRefusal(failed)) {
        throw failed;
      }
      reasons.put(fact, target.run(connection, () -> reason(fact, failed, connection)));
      pollsLeft = pollsUntilRetry;
    }
  }

  /** Why a fact was refused; in the words of the server if the privileges do not show it. */
  String reason(RefusableFact fact, SQLException failed, Connection connection) {
    var words = "refused by the server: " + redaction.of(Failures.of(failed).message());
    try {
      var missing = missing(connection, fact.objects());
      return missing.isEmpty() ? words : RefusableFact.reason(missing);
    } catch (SQLException aborted) {
      // Behind a pooler the transaction of the poll has ended with the refusal.
      return words;
    }
  }

  private static List<String> missing(Connection connection, List<String> objects)
      throws SQLException {
    try (var statement = connection.prepareStatement(MISSING_PRIVILEGES)) {
      statement.setArray(1, connection.createArrayOf("text", objects.toArray()));
      try (var row = statement.executeQuery()) {
        var names = new ArrayList<String>();
        while (row.next()) {
          names.add(row.getString(1));
        }
        return names;
      }
    }
  }

  private static boolean rows(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
