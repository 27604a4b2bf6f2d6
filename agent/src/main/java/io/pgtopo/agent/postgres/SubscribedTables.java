package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.postgres.NestedView.bytes;
import static io.pgtopo.agent.postgres.NestedView.column;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.Survey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Keeps which tables of subscriptions are not copied: {@code pg_subscription_rel} is another one in
 * each database, so it is read by a short connection, and rarely: when subscriptions come or go,
 * when a copy begins or ends, after so many polls, and more often while a table waits. Used by one
 * thread at a time.
 */
final class SubscribedTables {
  private static final int POLLS_WHILE_ONE_WAITS = 4;

  private static final NestedView TABLES =
      NestedView.of(
          "tables",
          column("subname", bytes("t.subname")),
          column("unready", "t.unready::text"),
          column("nspname", bytes("t.nspname")),
          column("relname", bytes("t.relname")));

  /** Before 14, {@code oid} of pg_subscription is for superusers; the view shows it to all. */
  private static final String SQL =
      """
      SELECT (SELECT array_agg(%s ORDER BY t.subname, t.place) FROM (
        SELECT s.subname, n.nspname, c.relname,
               count(*) OVER (PARTITION BY s.subname) AS unready,
               row_number() OVER (PARTITION BY s.subname ORDER BY n.nspname, c.relname) AS place
          FROM pg_subscription_rel r
          JOIN (SELECT DISTINCT v.subid, v.subname FROM pg_stat_subscription v) s
            ON s.subid = r.srsubid
          JOIN pg_class c ON c.oid = r.srrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE r.srsubstate NOT IN ('r', 's')) t
       WHERE t.place <= %d) AS tables
      """
          .formatted(TABLES.array(10), Subscription.Tables.NAMED);

  private final TableReader reader;
  private final Redaction redaction;
  private final SortedMap<String, Known> byDatabase = new TreeMap<>();

  /** Reads them in another database of the server, by a short connection to it. */
  interface TableReader {
    SortedMap<String, Subscription.Tables> tables(String database) throws SQLException;
  }

  /**
   * What was read of one database.
   *
   * @param readFor the subscriptions as they were then
   * @param pollsLeft until it is read again
   * @param tables those that wait, by subscription
   */
  private record Known(
      List<String> readFor, int pollsLeft, Reading<SortedMap<String, Subscription.Tables>> tables) {

    Reading<Subscription.Tables> of(Subscription subscription) {
      return tables.map(it -> it.getOrDefault(subscription.name(), Subscription.Tables.COPIED));
    }

    Known afterPoll() {
      return new Known(readFor, pollsLeft - 1, tables);
    }
  }

  SubscribedTables(TableReader reader, Redaction redaction) {
    this.reader = reader;
    this.redaction = redaction;
  }

  /** Those of the database of a connection, by subscription. */
  static SortedMap<String, Subscription.Tables> read(Connection connection) throws SQLException {
    var found = new TreeMap<String, Subscription.Tables>();
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(SQL)) {
      if (result.next()) {
        for (var row : TABLES.rows(result)) {
          found.merge(
              row.name("subname"),
              new Subscription.Tables(
                  row.number("unready").orElse(0),
                  List.of(row.name("nspname") + "." + row.name("relname"))),
              Subscription.Tables::and);
        }
      }
    }
    return found;
  }

  /**
   * The facts with what is known of the tables.
   *
   * @param hasTime whether there is time to read another database; without it, that is left to the
   *     next poll
   */
  InstanceFacts complete(InstanceFacts facts, BooleanSupplier hasTime) {
    if (!(facts.replication().subscriptions()
        instanceof Reading.Seen<List<Subscription>>(var subscriptions))) {
      return facts;
    }
    var databases =
        subscriptions.stream()
            .filter(it -> !it.database().isEmpty())
            .collect(
                Collectors.groupingBy(Subscription::database, TreeMap::new, Collectors.toList()));
    byDatabase.keySet().retainAll(databases.keySet());
    databases.forEach((database, found) -> renew(database, states(found), hasTime));
    return subscriptions.isEmpty()
        ? facts
        : facts.running(
            Reading.seen(subscriptions.stream().map(it -> it.with(known(it))).toList()));
  }

  private Reading<Subscription.Tables> known(Subscription subscription) {
    var known = byDatabase.get(subscription.database());
    return known == null ? Reading.denied(Survey.NOT_YET) : known.of(subscription);
  }

  private static List<String> states(List<Subscription> subscriptions) {
    return subscriptions.stream()
        .map(it -> "%s %s %d".formatted(it.name(), it.mode(), it.workers().copying()))
        .toList();
  }

  private void renew(String database, List<String> states, BooleanSupplier hasTime) {
    var known = byDatabase.get(database);
    if (known != null && known.pollsLeft > 0 && known.readFor.equals(states)) {
      byDatabase.put(database, known.afterPoll());
      return;
    }
    if (hasTime.getAsBoolean()) {
      byDatabase.put(database, read(database, states));
    }
  }

  private Known read(String database, List<String> states) {
    try {
      var tables = reader.tables(database);
      return new Known(
          states,
          tables.isEmpty() ? JdbcProbe.POLLS_PER_SURVEY : POLLS_WHILE_ONE_WAITS,
          Reading.seen(Collections.unmodifiableSortedMap(tables)));
    } catch (SQLException failed) {
      return new Known(
          states,
          POLLS_WHILE_ONE_WAITS,
          Reading.denied(
              "its tables are unknown: database %s could not be read: %s"
                  .formatted(database, redaction.of(Failures.of(failed).message()))));
    }
  }
}
