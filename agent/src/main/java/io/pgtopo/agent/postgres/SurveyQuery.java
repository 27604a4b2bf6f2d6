package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.postgres.NestedView.column;
import static io.pgtopo.agent.postgres.NestedView.epoch;

/** The statements of the full reading: what changes rarely. Catalogs only, without locks. */
final class SurveyQuery {
  private SurveyQuery() {}

  static final NestedView SETTINGS =
      NestedView.of(
          "settings",
          column("name", "g.name"),
          column("setting", "coalesce(g.reset_val, g.setting)"));

  static final NestedView DATABASES =
      NestedView.of(
          "databases",
          column("datname", "d.datname::text"),
          column("owner", "pg_get_userbyid(d.datdba)::text"),
          column("encoding", "pg_encoding_to_char(d.encoding)::text"),
          column("datcollate", "d.datcollate::text"),
          column("datctype", "d.datctype::text"),
          column("datistemplate", "d.datistemplate::text"),
          column("datallowconn", "d.datallowconn::text"),
          column("datconnlimit", "d.datconnlimit::text"));

  static final NestedView ROLES =
      NestedView.of(
          "roles",
          column("rolname", "r.rolname::text"),
          column("rolsuper", "r.rolsuper::text"),
          column("rolinherit", "r.rolinherit::text"),
          column("rolcreaterole", "r.rolcreaterole::text"),
          column("rolcreatedb", "r.rolcreatedb::text"),
          column("rolcanlogin", "r.rolcanlogin::text"),
          column("rolreplication", "r.rolreplication::text"),
          column("rolbypassrls", "r.rolbypassrls::text"),
          column("rolconnlimit", "r.rolconnlimit::text"),
          column(
              "rolvaliduntil",
              "CASE WHEN isfinite(r.rolvaliduntil) THEN %s END"
                  .formatted(epoch("r.rolvaliduntil"))));

  static final NestedView MEMBERSHIPS =
      NestedView.of(
          "memberships",
          column("member", "pg_get_userbyid(m.member)::text"),
          column("role", "pg_get_userbyid(m.roleid)::text"));

  static final NestedView SCHEMAS =
      NestedView.of(
          "schemas",
          column("nspname", "n.nspname::text"),
          column("owner", "pg_get_userbyid(n.nspowner)::text"));

  static final NestedView EXTENSIONS =
      NestedView.of(
          "extensions",
          column("extname", "e.extname::text"),
          column("nspname", "n.nspname::text"),
          column("extversion", "e.extversion"));

  /**
   * Settings have the value of a new session, since the agent's own session is read-only. Those
   * that are set for the agent's own role or database are left out: they hide the server's. Every
   * role may read these settings, and none holds a secret. All views are of 10 or older.
   */
  static final String STATEMENT =
      """
      SELECT extract(epoch FROM clock_timestamp())::text AS read_at,
             session_user::text AS login,
             (SELECT array_agg(%s ORDER BY g.name)
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
                 AND g.source NOT IN ('database', 'user', 'database user')
                 AND (g.name <> 'default_transaction_read_only' OR NOT EXISTS (
                   SELECT 1
                     FROM pg_db_role_setting o, unnest(o.setconfig) AS c(entry)
                    WHERE split_part(c.entry, '=', 1) = g.name
                      AND (o.setrole <> 0 OR o.setdatabase <> 0)
                      AND o.setrole IN (0, (SELECT u.oid FROM pg_roles u WHERE u.rolname = session_user))
                      AND o.setdatabase IN (0, (SELECT d.oid FROM pg_database d
                                                 WHERE d.datname = current_database())))))
               AS settings,
             (SELECT array_agg(%s ORDER BY d.datname) FROM pg_database d) AS databases,
             (SELECT array_agg(%s ORDER BY r.rolname) FROM pg_roles r) AS roles,
             (SELECT array_agg(%s ORDER BY m.member, m.roleid) FROM pg_auth_members m)
               AS memberships,
             has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS may_list_wal
      """
          .formatted(
              SETTINGS.array(10), DATABASES.array(10), ROLES.array(10), MEMBERSHIPS.array(10));

  /**
   * A statement of its own: a function that a role may not execute is an error even where it is not
   * called.
   */
  static final String WAL_DIRECTORY =
      """
      SELECT min(w.name) FILTER (WHERE w.name ~ '^[0-9A-F]{24}$') AS oldest_wal,
             max(w.name) FILTER (WHERE w.name ~ '^[0-9A-F]{8}[.]history$') AS newest_history,
             (max(ARRAY[w.name, extract(epoch FROM w.modification)::text])
                FILTER (WHERE w.name ~ '^[0-9A-F]{8}[.]history$'))[2] AS newest_history_written
        FROM pg_ls_waldir() w
      """;

  /** The contents of the database that the connection is to. */
  static final String CONTENTS =
      """
      SELECT (SELECT array_agg(%s ORDER BY n.nspname)
                FROM pg_namespace n
               WHERE n.nspname !~ '^pg_(toast|temp)') AS schemas,
             (SELECT array_agg(%s ORDER BY e.extname)
                FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace) AS extensions
      """
          .formatted(SCHEMAS.array(10), EXTENSIONS.array(10));
}
