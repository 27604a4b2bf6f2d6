package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.postgres.NestedView.bytes;
import static io.pgtopo.agent.postgres.NestedView.column;
import static io.pgtopo.agent.postgres.NestedView.epoch;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.Survey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Reads the subscriptions that a server runs: with each poll, but only where the full reading has
 * found any. {@code pg_subscription} is the same in all databases.
 */
record SubscriptionReader(Refusals refusals, Redaction redaction) {
  private static final int FIRST_WITH_PARALLEL_APPLY = 16;
  private static final int FIRST_WITH_STATISTICS = 15;
  private static final int FIRST_WITH_CONFLICTS = 18;

  /** Before, its {@code oid} is for superusers, and names are unique within a database only. */
  private static final int FIRST_THAT_SHOWS_OID = 14;

  private static final NestedView SUBSCRIPTIONS =
      NestedView.of(
          "subscriptions",
          column("subname", bytes("s.subname")),
          column("database", bytes("s.database")),
          column("subenabled", "s.subenabled::text"),
          column("subslotname", "s.subslotname::text"),
          column("pid", "w.pid::text"),
          column("backend_start", epoch("w.backend_start")),
          column("silent_seconds", epoch(PollQuery.CLOCK + "w.last_msg_receipt_time")),
          column("copying", "w.copying::text"),
          // Their names change from version to version.
          column("apply_errors", Map.of(FIRST_WITH_STATISTICS, "e.counts ->> 'apply_error_count'")),
          column(
              "copy_errors",
              Map.of(
                  FIRST_WITH_STATISTICS,
                  "coalesce(e.counts ->> 'sync_error_count',"
                      + " e.counts ->> 'sync_table_error_count')")),
          column(
              "conflicts",
              Map.of(
                  FIRST_WITH_CONFLICTS,
                  """
                  (SELECT coalesce(sum(c.value::bigint), 0)::text
                     FROM jsonb_each_text(e.counts) AS c
                    WHERE c.key LIKE 'confl\\_%'
                      AND c.key NOT IN ('confl_insert_exists', 'confl_update_exists',
                                        'confl_multiple_unique_conflicts'))""")),
          column("stats_reset", Map.of(FIRST_WITH_STATISTICS, epoch("e.stats_reset"))),
          column("total", "s.total::text"));

  private static final String STATISTICS =
      """
      LEFT JOIN LATERAL (
        SELECT to_jsonb(v) AS counts, v.stats_reset
          FROM pg_stat_subscription_stats v WHERE v.subid = s.oid) e ON true
      """;

  /** All that is read of them, and nothing else. */
  static final String ALONE =
      """
      SELECT (SELECT count(ROW(c.subdbid, c.subname, c.subenabled, c.subslotname))
                FROM pg_subscription c),
             (SELECT count(*) FROM pg_stat_subscription)
      """;

  private static String sql(int major, Set<RefusableFact> refused) {
    return """
        SELECT (SELECT array_agg(%s ORDER BY s.database, s.subname)
          FROM (SELECT %s, c.subdbid, c.subname, c.subenabled, c.subslotname,
                       count(*) OVER () AS total, %s AS database
                  FROM pg_subscription c LIMIT %d) s
          LEFT JOIN LATERAL (
            SELECT max(p.pid) FILTER (WHERE p.relid IS NULL%s) AS pid,
                   max(a.backend_start) FILTER (WHERE p.relid IS NULL%s) AS backend_start,
                   max(p.last_msg_receipt_time) FILTER (WHERE p.relid IS NULL%s)
                     AS last_msg_receipt_time,
                   count(p.relid) AS copying
              FROM pg_stat_subscription p LEFT JOIN %s a ON a.pid = p.pid
             WHERE %s AND p.pid IS NOT NULL) w ON true
          %s) AS subscriptions"""
        .formatted(
            SUBSCRIPTIONS.array(major),
            major < FIRST_THAT_SHOWS_OID ? "NULL AS oid" : "c.oid",
            refused.contains(RefusableFact.DATABASES)
                ? "NULL::text"
                : "(SELECT d.datname FROM pg_database d WHERE d.oid = c.subdbid)",
            PollQuery.MOST_ROWS + 1,
            leading(major),
            leading(major),
            leading(major),
            refused.contains(RefusableFact.ACTIVITY)
                ? "(SELECT NULL::int AS pid, NULL::timestamptz AS backend_start, NULL::oid AS datid)"
                : "pg_stat_activity",
            major < FIRST_THAT_SHOWS_OID
                ? "p.subname = s.subname AND a.datid = s.subdbid"
                : "p.subid = s.oid",
            major < FIRST_WITH_STATISTICS ? "" : STATISTICS);
  }

  /** Of a worker that others help, which have rows of their own. */
  private static String leading(int major) {
    return major < FIRST_WITH_PARALLEL_APPLY ? "" : " AND p.leader_pid IS NULL";
  }

  /**
   * The facts with the subscriptions that the server runs.
   *
   * @param facts with the full reading that goes with them
   * @param hasTime whether there is time; without it, they are left to the next poll
   * @throws SQLException if the connection broke
   */
  InstanceFacts complete(
      InstanceFacts facts, Connection connection, int major, BooleanSupplier hasTime)
      throws SQLException {
    if (facts.state() instanceof ServerState.InRecovery) {
      return facts.running(Reading.seen(List.of()));
    }
    return switch (facts.survey()) {
      case Reading.Denied<Survey>(var reason) -> facts.running(Reading.denied(reason));
      case Reading.Seen<Survey>(var survey) ->
          switch (survey.subscriptions()) {
            case Reading.Denied<Integer>(var reason) -> facts.running(Reading.denied(reason));
            case Reading.Seen<Integer>(var count) -> {
              if (count == 0) {
                yield facts.running(Reading.seen(List.of()));
              }
              yield hasTime.getAsBoolean() ? facts.running(read(connection, major)) : facts;
            }
          };
    };
  }

  private static List<RefusableFact> needed(int major) {
    return major < FIRST_THAT_SHOWS_OID
        ? List.of(RefusableFact.SUBSCRIPTIONS, RefusableFact.ACTIVITY)
        : List.of(RefusableFact.SUBSCRIPTIONS);
  }

  private Reading<List<Subscription>> read(Connection connection, int major) throws SQLException {
    var refused = refusals.reasons();
    for (var fact : needed(major)) {
      if (refused.containsKey(fact)) {
        return Reading.denied(refused.getOrDefault(fact, ""));
      }
    }
    try (var statement = connection.prepareStatement(sql(major, refused.keySet()));
        var row = statement.executeQuery()) {
      return row.next()
          ? mapped(SUBSCRIPTIONS.rows(row))
          : Reading.denied("the statement returned no row");
    } catch (SQLException failed) {
      if (Refusals.isRefusal(failed) && !refusals.areKnown()) {
        // The poll finds out what is refused, and is repeated without.
        throw failed;
      }
      return Reading.denied(Surveyor.reason(failed, redaction));
    }
  }

  private static Reading<List<Subscription>> mapped(List<Row> rows) {
    return rows.size() > PollQuery.MOST_ROWS
        ? Reading.denied(FactsMapping.tooMany(rows, "subscriptions"))
        : Reading.seen(rows.stream().map(SubscriptionReader::subscription).toList());
  }

  private static Subscription subscription(Row row) {
    return new Subscription(
        row.name("subname"),
        row.name("database"),
        row.is("subenabled") ? Subscription.Mode.ENABLED : Subscription.Mode.DISABLED,
        row.text("subslotname"),
        new Subscription.Workers(
            row.isNull("pid") ? Optional.empty() : Optional.of(row.backend()),
            row.duration("silent_seconds"),
            row.number("copying").orElse(0)),
        row.text("apply_errors")
            .map(
                apply ->
                    new Subscription.Errors(
                        Long.parseLong(apply),
                        row.text("copy_errors").map(Long::parseLong).orElse(0L),
                        row.text("conflicts").map(Long::parseLong).orElse(0L),
                        row.instant("stats_reset"))),
        Reading.denied(Survey.NOT_YET));
  }
}
