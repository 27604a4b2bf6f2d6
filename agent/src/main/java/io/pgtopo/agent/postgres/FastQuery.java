package io.pgtopo.agent.postgres;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The one statement of a look: identity, state and both ends of replication in one row.
 *
 * <p>Rows of views come as two-dimensional text arrays, in the order of the columns named here, so
 * that one round trip needs neither several results nor a JSON parser. Whatever a missing privilege
 * hides is NULL, never an error: {@code primary_conninfo} and {@code data_directory} are asked for
 * only with the privilege to see them, since {@code current_setting} raises an error without.
 */
final class FastQuery {
  private FastQuery() {}

  /** Columns of {@code wal_receiver}. */
  static final List<String> RECEIVER_COLUMNS =
      List.of(
          "pid",
          "status",
          "conninfo",
          "sender_host",
          "sender_port",
          "slot_name",
          "received_tli",
          "flushed_lsn",
          "latest_end_lsn",
          "backend_start",
          "silent_seconds");

  /** {@code sender_host} and {@code sender_port} are of 11, {@code flushed_lsn} is of 13. */
  private static final NavigableMap<Integer, String> RECEIVER =
      new TreeMap<>(
          Map.of(
              10,
              """
              ARRAY[r.pid::text, r.status, r.conninfo, NULL, NULL, r.slot_name,
                    r.received_tli::text, r.received_lsn::text, r.latest_end_lsn::text,
                    extract(epoch FROM a.backend_start)::text,
                    extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)::text]
              """,
              11,
              """
              ARRAY[r.pid::text, r.status, r.conninfo, r.sender_host, r.sender_port::text, r.slot_name,
                    r.received_tli::text, r.received_lsn::text, r.latest_end_lsn::text,
                    extract(epoch FROM a.backend_start)::text,
                    extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)::text]
              """,
              13,
              """
              ARRAY[r.pid::text, r.status, r.conninfo, r.sender_host, r.sender_port::text, r.slot_name,
                    r.received_tli::text, r.flushed_lsn::text, r.latest_end_lsn::text,
                    extract(epoch FROM a.backend_start)::text,
                    extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)::text]
              """));

  /** Columns of {@code wal_senders}. */
  static final List<String> SENDER_COLUMNS =
      List.of(
          "pid",
          "usename",
          "application_name",
          "client_addr",
          "client_port",
          "backend_start",
          "state",
          "sync_state",
          "sent_lsn",
          "write_lsn",
          "flush_lsn",
          "replay_lsn",
          "reply_time");

  /** {@code reply_time} is of 12. */
  private static final NavigableMap<Integer, String> SENDERS =
      new TreeMap<>(
          Map.of(
              10,
              """
              ARRAY[s.pid::text, s.usename::text, s.application_name, host(s.client_addr),
                    s.client_port::text, extract(epoch FROM s.backend_start)::text, s.state,
                    s.sync_state, s.sent_lsn::text, s.write_lsn::text, s.flush_lsn::text,
                    s.replay_lsn::text, NULL]
              """,
              12,
              """
              ARRAY[s.pid::text, s.usename::text, s.application_name, host(s.client_addr),
                    s.client_port::text, extract(epoch FROM s.backend_start)::text, s.state,
                    s.sync_state, s.sent_lsn::text, s.write_lsn::text, s.flush_lsn::text,
                    s.replay_lsn::text, extract(epoch FROM s.reply_time)::text]
              """));

  /** Columns of {@code slots}. */
  static final List<String> SLOT_COLUMNS =
      List.of(
          "slot_name",
          "slot_type",
          "temporary",
          "active_pid",
          "restart_lsn",
          "wal_status",
          "safe_wal_size",
          "invalidation",
          "inactive_seconds",
          "failover",
          "synced");

  /**
   * {@code wal_status} and {@code safe_wal_size} are of 13, {@code conflicting} is of 16, {@code
   * invalidation_reason}, {@code inactive_since}, {@code failover} and {@code synced} are of 17.
   */
  private static final NavigableMap<Integer, String> SLOTS =
      new TreeMap<>(
          Map.of(
              10,
              """
              ARRAY[l.slot_name::text, l.slot_type, l.temporary::text, l.active_pid::text,
                    l.restart_lsn::text, NULL, NULL, NULL, NULL, NULL, NULL]
              """,
              13,
              """
              ARRAY[l.slot_name::text, l.slot_type, l.temporary::text, l.active_pid::text,
                    l.restart_lsn::text, l.wal_status, l.safe_wal_size::text, NULL, NULL, NULL, NULL]
              """,
              16,
              """
              ARRAY[l.slot_name::text, l.slot_type, l.temporary::text, l.active_pid::text,
                    l.restart_lsn::text, l.wal_status, l.safe_wal_size::text,
                    CASE WHEN l.conflicting THEN 'conflicting' END, NULL, NULL, NULL]
              """,
              17,
              """
              ARRAY[l.slot_name::text, l.slot_type, l.temporary::text, l.active_pid::text,
                    l.restart_lsn::text, l.wal_status, l.safe_wal_size::text, l.invalidation_reason,
                    extract(epoch FROM clock_timestamp() - l.inactive_since)::text,
                    l.failover::text, l.synced::text]
              """));

  /** The three states of a pause can be told apart since 14. */
  private static final NavigableMap<Integer, String> PAUSE =
      new TreeMap<>(
          Map.of(
              10,
              "CASE WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'not paused' END",
              14,
              "pg_get_wal_replay_pause_state()"));

  /** Columns of {@code activity}. */
  static final List<String> ACTIVITY_COLUMNS =
      List.of("startup_wait", "sync_waits", "sync_wait_seconds");

  /** Settings of recovery can be read since 12, where they left recovery.conf. */
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
                   THEN regexp_replace(regexp_replace(current_setting('primary_conninfo'),
                          '(password|sslpassword|passfile)\\s*=\\s*(''([^''\\\\]|\\\\.)*''|\\S+)', '\\1=***', 'gi'),
                          '://([^:@/]*):[^@]*@', '://\\1:***@')
              END AS primary_conninfo,
              current_setting('primary_slot_name') AS primary_slot_name,
              (extract(epoch FROM current_setting('recovery_min_apply_delay')::interval) * 1000)::bigint
                AS apply_delay_ms,
              current_setting('restore_command') <> '' AS restores
              """));

  @SuppressWarnings("InlineFormatString") // Inlined, the statement would drown in the loop.
  private static final String SHAPE =
      """
      SELECT pg_is_in_recovery() AS in_recovery,
             (SELECT c.system_identifier::text FROM pg_control_system() c) AS system_identifier,
             current_setting('server_version_num')::int AS version,
             extract(epoch FROM pg_postmaster_start_time())::text AS started,
             host(inet_server_addr()) AS server_host,
             inet_server_port() AS server_port,
             current_setting('port')::int AS port,
             CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
                  THEN current_setting('data_directory') END AS data_directory,
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
             (SELECT extract(epoch FROM v.last_archived_time)::text FROM pg_stat_archiver v)
               AS last_archived,
             (SELECT extract(epoch FROM v.last_failed_time)::text FROM pg_stat_archiver v)
               AS last_failed,
             (SELECT ARRAY[ARRAY[
                       max(a.wait_event) FILTER (WHERE a.backend_type = 'startup'),
                       (count(*) FILTER (WHERE a.wait_event = 'SyncRep'))::text,
                       extract(epoch FROM clock_timestamp()
                         - min(a.state_change) FILTER (WHERE a.wait_event = 'SyncRep'))::text]]
                FROM pg_stat_activity a) AS activity,
             (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline)
                FROM pg_control_checkpoint() c, pg_control_recovery() r) AS control_timeline,
             pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may_read_stats,
             %s,
             (SELECT array_agg(%s)
                FROM pg_stat_wal_receiver r LEFT JOIN pg_stat_activity a ON a.pid = r.pid)
               AS wal_receiver,
             (SELECT array_agg(%s ORDER BY s.pid) FROM pg_stat_replication s) AS wal_senders,
             (SELECT array_agg(%s ORDER BY l.slot_name) FROM pg_replication_slots l) AS slots
      """;

  private static final NavigableMap<Integer, String> BY_MAJOR = new TreeMap<>();

  static {
    for (var major = 10; major <= 17; major++) {
      BY_MAJOR.put(
          major,
          SHAPE.formatted(
              PAUSE.floorEntry(major).getValue(),
              RECOVERY.floorEntry(major).getValue(),
              RECEIVER.floorEntry(major).getValue(),
              SENDERS.floorEntry(major).getValue(),
              SLOTS.floorEntry(major).getValue()));
    }
  }

  /** The statement for a major version, 10 or newer. */
  static String forMajor(int major) {
    var entry = BY_MAJOR.floorEntry(major);
    if (entry == null) {
      throw new IllegalArgumentException("PostgreSQL " + major + " is older than 10");
    }
    return entry.getValue();
  }
}
