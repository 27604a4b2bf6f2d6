package io.pgtopo.agent.postgres;

import java.util.List;

/** The statements of the full reading: what changes rarely. Catalogs only, without locks. */
final class SurveyQuery {
  private SurveyQuery() {}

  /** Columns of {@code databases}. */
  static final List<String> DATABASE_COLUMNS =
      List.of(
          "datname",
          "owner",
          "encoding",
          "datcollate",
          "datctype",
          "datistemplate",
          "datallowconn",
          "datconnlimit");

  /** Columns of {@code roles}. */
  static final List<String> ROLE_COLUMNS =
      List.of(
          "rolname",
          "rolsuper",
          "rolinherit",
          "rolcreaterole",
          "rolcreatedb",
          "rolcanlogin",
          "rolreplication",
          "rolbypassrls",
          "rolconnlimit",
          "rolvaliduntil");

  /** Columns of {@code memberships}. */
  static final List<String> MEMBERSHIP_COLUMNS = List.of("member", "role");

  /** Columns of {@code settings}. */
  static final List<String> SETTING_COLUMNS = List.of("name", "setting");

  /**
   * Of settings the value that a new session gets, since the agent's own session is read-only;
   * whether others are is left out where only the agent's own role or database is set so. Each of
   * those named is readable by every role and holds no secret. All views of it are of 10 or older.
   */
  static final String STATEMENT =
      """
      SELECT extract(epoch FROM clock_timestamp())::text AS read_at,
             session_user::text AS login,
             (SELECT array_agg(ARRAY[g.name, coalesce(g.reset_val, g.setting)] ORDER BY g.name)
                FROM pg_settings g
               WHERE g.name IN ('archive_mode', 'block_size', 'cluster_name', 'data_checksums',
                 'default_transaction_read_only', 'hot_standby', 'hot_standby_feedback',
                 'idle_replication_slot_timeout', 'listen_addresses', 'max_connections',
                 'max_locks_per_transaction', 'max_prepared_transactions', 'max_replication_slots',
                 'max_slot_wal_keep_size', 'max_wal_senders', 'max_worker_processes',
                 'recovery_target_action', 'recovery_target_lsn', 'recovery_target_name',
                 'recovery_target_time', 'recovery_target_timeline', 'recovery_target_xid',
                 'sync_replication_slots', 'synchronous_commit', 'synchronous_standby_names',
                 'wal_level', 'wal_receiver_status_interval', 'wal_receiver_timeout',
                 'wal_retrieve_retry_interval', 'wal_segment_size', 'wal_sender_timeout')
                 AND (g.name <> 'default_transaction_read_only' OR NOT EXISTS (
                   SELECT 1
                     FROM pg_db_role_setting o, unnest(o.setconfig) AS c(entry)
                    WHERE c.entry LIKE 'default\\_transaction\\_read\\_only=%'
                      AND o.setrole IN (0, (SELECT u.oid FROM pg_roles u WHERE u.rolname = session_user))
                      AND o.setdatabase IN (0, (SELECT d.oid FROM pg_database d
                                                 WHERE d.datname = current_database())))))
               AS settings,
             (SELECT array_agg(ARRAY[d.datname::text, pg_get_userbyid(d.datdba)::text,
                       pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,
                       d.datistemplate::text, d.datallowconn::text, d.datconnlimit::text]
                       ORDER BY d.datname)
                FROM pg_database d) AS databases,
             (SELECT array_agg(ARRAY[r.rolname::text, r.rolsuper::text, r.rolinherit::text,
                       r.rolcreaterole::text, r.rolcreatedb::text, r.rolcanlogin::text,
                       r.rolreplication::text, r.rolbypassrls::text, r.rolconnlimit::text,
                       CASE WHEN isfinite(r.rolvaliduntil)
                            THEN extract(epoch FROM r.rolvaliduntil)::text END]
                       ORDER BY r.rolname)
                FROM pg_roles r) AS roles,
             (SELECT array_agg(ARRAY[pg_get_userbyid(m.member)::text, pg_get_userbyid(m.roleid)::text]
                       ORDER BY m.member, m.roleid)
                FROM pg_auth_members m) AS memberships,
             has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS may_list_wal
      """;

  /**
   * A statement of its own: a function that a role may not execute is an error even where it would
   * not be called.
   */
  static final String WAL_DIRECTORY =
      """
      SELECT min(w.name) FILTER (WHERE w.name ~ '^[0-9A-F]{24}$') AS oldest_wal,
             max(ARRAY[w.name, extract(epoch FROM w.modification)::text])
               FILTER (WHERE w.name ~ '^[0-9A-F]{8}[.]history$') AS newest_history
        FROM pg_ls_waldir() w
      """;

  /** Columns of {@code schemas}. */
  static final List<String> SCHEMA_COLUMNS = List.of("nspname", "owner");

  /** Columns of {@code extensions}. */
  static final List<String> EXTENSION_COLUMNS = List.of("extname", "nspname", "extversion");

  /** What is in the database that the connection is to. */
  static final String INTERIOR =
      """
      SELECT (SELECT array_agg(ARRAY[n.nspname::text, pg_get_userbyid(n.nspowner)::text]
                       ORDER BY n.nspname)
                FROM pg_namespace n
               WHERE n.nspname !~ '^pg_(toast|temp)') AS schemas,
             (SELECT array_agg(ARRAY[e.extname::text, n.nspname::text, e.extversion]
                       ORDER BY e.extname)
                FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace) AS extensions
      """;
}
