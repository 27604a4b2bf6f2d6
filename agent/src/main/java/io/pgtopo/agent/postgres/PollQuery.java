package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.observation.RefusableFact.ARCHIVER;
import static io.pgtopo.agent.observation.RefusableFact.CHECKPOINT_TIMELINE;
import static io.pgtopo.agent.observation.RefusableFact.LAST_COMMIT;
import static io.pgtopo.agent.observation.RefusableFact.RECOVERY_TIMELINE;
import static io.pgtopo.agent.observation.RefusableFact.SYSTEM_IDENTIFIER;
import static io.pgtopo.agent.observation.RefusableFact.WAL_RECEIVER;
import static io.pgtopo.agent.observation.RefusableFact.WAL_SENDERS;
import static io.pgtopo.agent.postgres.NestedView.bytes;
import static io.pgtopo.agent.postgres.NestedView.column;
import static io.pgtopo.agent.postgres.NestedView.epoch;
import static java.util.stream.Collectors.joining;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.RefusableFact;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The one statement of a poll: identity, state and both ends of replication in one row.
 *
 * <p>What a missing privilege hides is NULL, never an error: {@code primary_conninfo} and {@code
 * data_directory} are read only with the privilege for it, since {@code current_setting} raises an
 * error without.
 */
final class PollQuery {
  private PollQuery() {}

  static final String CLOCK = "clock_timestamp() - ";

  /** Rows of a view that are read; where there are more, none counts. */
  static final int MOST_ROWS = 1000;

  /** The rows of a view, each with the number of all, until it is known that there are too many. */
  private static String limited(String view) {
    return "(SELECT v.*, count(*) OVER () AS total FROM %s v LIMIT %d)"
        .formatted(view, MOST_ROWS + 1);
  }

  static final NestedView RECEIVER =
      NestedView.of(
          "wal_receiver",
          column("pid", "r.pid::text"),
          column("status", "r.status"),
          column("conninfo", bytes("r.conninfo")),
          column("sender_host", Map.of(11, bytes("r.sender_host"))),
          column("sender_port", Map.of(11, "r.sender_port::text")),
          column("slot_name", "r.slot_name"),
          column("received_tli", "r.received_tli::text"),
          column("flushed_lsn", Map.of(10, "r.received_lsn::text", 13, "r.flushed_lsn::text")),
          column("latest_end_lsn", "r.latest_end_lsn::text"),
          column("backend_start", epoch("a.backend_start")),
          column("silent_seconds", epoch(CLOCK + "r.last_msg_receipt_time")),
          column("sent_at", epoch("r.last_msg_send_time")));

  static final NestedView SENDERS =
      NestedView.of(
          "wal_senders",
          column("pid", "s.pid::text"),
          column("usename", bytes("s.usename")),
          column("application_name", "s.application_name"),
          column("datid", "a.datid::text"),
          column("client_addr", "host(s.client_addr)"),
          column("client_port", "s.client_port::text"),
          column("backend_start", epoch("s.backend_start")),
          column("state", "s.state"),
          column("sync_state", "s.sync_state"),
          column("sent_lsn", "s.sent_lsn::text"),
          column("write_lsn", "s.write_lsn::text"),
          column("flush_lsn", "s.flush_lsn::text"),
          column("replay_lsn", "s.replay_lsn::text"),
          column("reply_time", Map.of(12, epoch("s.reply_time"))),
          column("total", "s.total::text"));

  static final NestedView SLOTS =
      NestedView.of(
          "slots",
          column("slot_name", "l.slot_name::text"),
          column("plugin", "l.plugin::text"),
          column("database", bytes("l.database")),
          column("confirmed_flush_lsn", "l.confirmed_flush_lsn::text"),
          column("temporary", "l.temporary::text"),
          column("active_pid", "l.active_pid::text"),
          column("restart_lsn", "l.restart_lsn::text"),
          column("wal_status", Map.of(13, "l.wal_status")),
          column("safe_wal_size", Map.of(13, "l.safe_wal_size::text")),
          column(
              "invalidation",
              Map.of(
                  16, "CASE WHEN l.conflicting THEN 'conflicting' END",
                  17, "l.invalidation_reason")),
          column("inactive_seconds", Map.of(17, epoch(CLOCK + "l.inactive_since"))),
          column("failover", Map.of(17, "l.failover::text")),
          column("synced", Map.of(17, "l.synced::text")),
          column("total", "l.total::text"));

  private static final String MANAGER = "'" + HaManager.pattern() + "'";

  /** One row: what single processes show, the commits that wait for a standby, and clients. */
  static final NestedView ACTIVITY =
      NestedView.of(
          "activity",
          column(
              "checkpointer_start",
              epoch("max(a.backend_start) FILTER (WHERE a.backend_type = 'checkpointer')")),
          // Wait events do not depend on it since 14.
          column(
              "waits_untracked",
              Map.of(10, "bool_or(a.state = 'disabled')::text", 14, "NULL::text")),
          column("startup_wait", "max(a.wait_event) FILTER (WHERE a.backend_type = 'startup')"),
          column("sync_waits", "(count(*) FILTER (WHERE a.wait_event = 'SyncRep'))::text"),
          column(
              "sync_wait_seconds",
              // With track_activities off only the start of the session is known.
              epoch(
                  CLOCK
                      + "min(coalesce(a.state_change, a.backend_start))"
                      + " FILTER (WHERE a.wait_event = 'SyncRep')")),
          column(
              "clients",
              "(count(*) FILTER (WHERE a.backend_type = 'client backend'"
                  + " AND a.usename <> session_user AND a.application_name !~ %s))::text"
                      .formatted(MANAGER)),
          column(
              "managers",
              "string_agg(DISTINCT a.application_name, ',')"
                  + " FILTER (WHERE a.application_name ~ %s)".formatted(MANAGER)));

  /** The three states of a pause differ since 14. */
  private static final NavigableMap<Integer, String> PAUSE =
      new TreeMap<>(
          Map.of(
              10,
              "CASE WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'not paused' END",
              14,
              "pg_get_wal_replay_pause_state()"));

  private static final String CONNINFO =
      """
      regexp_replace(regexp_replace(current_setting('primary_conninfo'),
        '(password|sslpassword|passfile)\\s*=\\s*(''([^''\\\\]|\\\\.)*''|\\S+)', '\\1=***', 'gi'),
        '://([^:@/]*):[^@]*@', '://\\1:***@')""";

  /** Recovery settings are in recovery.conf before 12, which SQL cannot read. */
  private static final NavigableMap<Integer, String> RECOVERY =
      new TreeMap<>(
          Map.of(
              10,
              """
              NULL::text AS primary_conninfo, NULL::text AS primary_slot_name,
              NULL::bigint AS apply_delay_ms, NULL::boolean AS restores
              """,
              12,
              """
              CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
                   THEN %s
              END AS primary_conninfo,
              current_setting('primary_slot_name') AS primary_slot_name,
              (extract(epoch FROM current_setting('recovery_min_apply_delay')::interval) * 1000)::bigint
                AS apply_delay_ms,
              current_setting('restore_command') <> '' AS restores
              """
                  .formatted(bytes(CONNINFO))));

  @SuppressWarnings("InlineFormatString") // Inlined, the statement would hide the loop.
  private static final String SHAPE =
      """
      SELECT pg_is_in_recovery() AS in_recovery,
             current_setting('server_version_num')::int AS version,
             extract(epoch FROM pg_postmaster_start_time())::text AS started,
             host(inet_server_addr()) AS server_host,
             inet_server_port() AS server_port,
             current_setting('port')::int AS port,
             CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
                  THEN %s END AS data_directory,
             current_setting('cluster_name') AS cluster_name,
             CASE WHEN pg_is_in_recovery() THEN NULL
                  ELSE pg_walfile_name(pg_current_wal_lsn()) END AS wal_file,
             CASE WHEN pg_is_in_recovery() THEN NULL
                  ELSE pg_current_wal_lsn()::text END AS written,
             pg_last_wal_receive_lsn()::text AS received,
             pg_last_wal_replay_lsn()::text AS replayed,
             CASE WHEN pg_is_in_recovery() THEN %s END AS replay,
             extract(epoch FROM pg_last_xact_replay_timestamp())::text AS replayed_commit,
             extract(epoch FROM clock_timestamp())::text AS now,
             extract(epoch FROM pg_conf_load_time())::text AS configuration_loaded,
             pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may_read_stats,
             %s,
             %s
      """;

  /** A column of a fact that may be refused. */
  private record Part(RefusableFact fact, String column, String type, String expression) {
    String sql(Set<RefusableFact> refused) {
      return (refused.contains(fact) ? "NULL::" + type : "(" + expression + ")") + " AS " + column;
    }
  }

  /**
   * Up to 14 the view is read from the files of the statistics collector, which may take seconds:
   * so it is read only where something is archived.
   */
  private static String archiver(String column) {
    return """
        SELECT CASE WHEN current_setting('archive_mode') = 'always'
                      OR (current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery())
                    THEN (SELECT %s FROM pg_stat_archiver v) END"""
        .formatted(column);
  }

  private static List<Part> parts(int major, Set<RefusableFact> refused) {
    var processes =
        refused.contains(RefusableFact.ACTIVITY)
            ? "SELECT NULL::int AS pid, NULL::timestamptz AS backend_start, NULL::oid AS datid"
            : "SELECT b.pid, b.backend_start, b.datid FROM pg_stat_activity b";
    return List.of(
        new Part(
            SYSTEM_IDENTIFIER,
            "system_identifier",
            "text",
            "SELECT c.system_identifier::text FROM pg_control_system() c"),
        new Part(
            CHECKPOINT_TIMELINE,
            "checkpoint_timeline",
            "int",
            "SELECT c.timeline_id FROM pg_control_checkpoint() c"),
        new Part(
            RECOVERY_TIMELINE,
            "recovery_timeline",
            "int",
            "SELECT c.min_recovery_end_timeline FROM pg_control_recovery() c"),
        new Part(ARCHIVER, "last_archived", "text", archiver(epoch("v.last_archived_time"))),
        new Part(ARCHIVER, "last_archived_wal", "text", archiver("v.last_archived_wal")),
        new Part(ARCHIVER, "last_failed", "text", archiver(epoch("v.last_failed_time"))),
        new Part(
            LAST_COMMIT,
            "last_commit",
            "text",
            // The function is an error where the setting is off.
            """
            SELECT CASE WHEN current_setting('track_commit_timestamp') = 'off' THEN 'off'
                        WHEN NOT pg_is_in_recovery()
                        THEN (SELECT %s FROM pg_last_committed_xact() x) END"""
                .formatted(epoch("x.timestamp"))),
        new Part(
            RefusableFact.ACTIVITY,
            "activity",
            "text[]",
            "SELECT ARRAY[%s] FROM pg_stat_activity a".formatted(ACTIVITY.array(major))),
        new Part(
            WAL_RECEIVER,
            "wal_receiver",
            "text[]",
            "SELECT array_agg(%s) FROM pg_stat_wal_receiver r LEFT JOIN (%s) a ON a.pid = r.pid"
                .formatted(RECEIVER.array(major), processes)),
        new Part(
            WAL_SENDERS,
            "wal_senders",
            "text[]",
            "SELECT array_agg(%s ORDER BY s.pid) FROM %s s LEFT JOIN (%s) a ON a.pid = s.pid"
                .formatted(SENDERS.array(major), limited("pg_stat_replication"), processes)),
        new Part(
            RefusableFact.SLOTS,
            "slots",
            "text[]",
            "SELECT array_agg(%s ORDER BY l.slot_name) FROM %s l"
                .formatted(SLOTS.array(major), limited("pg_replication_slots"))));
  }

  private static final NavigableMap<Integer, String> BY_MAJOR = new TreeMap<>();

  static {
    for (var major = 10; major <= 17; major++) {
      BY_MAJOR.put(major, compose(major, Set.of()));
    }
  }

  private static String compose(int major, Set<RefusableFact> refused) {
    return SHAPE.formatted(
        bytes("current_setting('data_directory')"),
        PAUSE.floorEntry(major).getValue(),
        RECOVERY.floorEntry(major).getValue(),
        parts(major, refused).stream().map(part -> part.sql(refused)).collect(joining(",\n")));
  }

  /** The statement for a major version without the facts that are refused. */
  static String without(Set<RefusableFact> refused, int major) {
    return refused.isEmpty() ? forMajor(major) : compose(major, refused);
  }

  /** A statement that reads one fact alone. */
  static String alone(int major, RefusableFact fact) {
    return fact == RefusableFact.SUBSCRIPTIONS
        ? SubscriptionReader.ALONE
        : SurveyQuery.alone(fact).orElseGet(() -> aloneOfPoll(major, fact));
  }

  private static String aloneOfPoll(int major, RefusableFact fact) {
    return parts(major, EnumSet.complementOf(EnumSet.of(fact))).stream()
        .filter(part -> part.fact == fact)
        .map(part -> part.sql(Set.of()))
        .collect(joining(", ", "SELECT ", ""));
  }

  /** The statement for a major version, 10 or newer. */
  static String forMajor(int major) {
    return Objects.requireNonNull(
            BY_MAJOR.floorEntry(major), () -> "PostgreSQL " + major + " is older than 10")
        .getValue();
  }
}
