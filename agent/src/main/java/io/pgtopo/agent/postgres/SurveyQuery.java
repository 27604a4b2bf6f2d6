package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.postgres.NestedView.bytes;
import static io.pgtopo.agent.postgres.NestedView.column;
import static io.pgtopo.agent.postgres.NestedView.epoch;
import static java.util.stream.Collectors.joining;

import io.pgtopo.agent.observation.RefusableFact;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The statements of the full reading: what changes rarely. Catalogs only, without locks. */
final class SurveyQuery {
  private SurveyQuery() {}

  static final NestedView SETTINGS =
      NestedView.of(
          "settings",
          column("name", "g.name"),
          column("setting", bytes("coalesce(g.reset_val, g.setting)")));

  static final NestedView DATABASES =
      NestedView.of(
          "databases",
          column("datname", bytes("d.datname")),
          column("owner", bytes("pg_get_userbyid(d.datdba)")),
          column("encoding", "pg_encoding_to_char(d.encoding)::text"),
          column("datcollate", "d.datcollate::text"),
          column("datctype", "d.datctype::text"),
          column("datistemplate", "d.datistemplate::text"),
          column("datallowconn", "d.datallowconn::text"),
          column("datconnlimit", "d.datconnlimit::text"));

  static final NestedView ROLES =
      NestedView.of(
          "roles",
          column("rolname", bytes("r.rolname")),
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
          column("member", bytes("pg_get_userbyid(m.member)")),
          column("role", bytes("pg_get_userbyid(m.roleid)")),
          column("admin_option", "m.admin_option::text"));

  static final NestedView COMMIT_OVERRIDES =
      NestedView.of(
          "commit_overrides",
          column("role", bytes("CASE WHEN s.role IS NOT NULL THEN pg_get_userbyid(s.role) END")),
          column("database", bytes("s.database")),
          column("value", "s.value"));

  /** One row. */
  static final NestedView SUBSCRIPTIONS =
      NestedView.of("subscriptions", column("count", "count(DISTINCT s.subid)::text"));

  static final NestedView SCHEMAS =
      NestedView.of(
          "schemas",
          column("nspname", bytes("n.nspname")),
          column("owner", bytes("pg_get_userbyid(n.nspowner)")),
          column("extname", bytes("x.extname")));

  static final NestedView EXTENSIONS =
      NestedView.of(
          "extensions",
          column("extname", bytes("e.extname")),
          column("nspname", bytes("n.nspname")),
          column("extversion", "e.extversion"));

  private static final String ALWAYS =
      """
      SELECT extract(epoch FROM clock_timestamp())::text AS read_at,
             %s AS login,
             has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS may_list_wal,
      """
          .formatted(bytes("session_user"));

  /**
   * Settings have the value of a new session, since the agent's own session is read-only. Those
   * that are set for the agent's own role or database are left out: they hide the server's. Every
   * role may read these settings, and none holds a secret. All views are of 10 or older. The oid of
   * the own database is read from a path, since {@code pg_database} may be refused.
   */
  private static final String SETTINGS_SHOWN =
      """
      SELECT array_agg(%s ORDER BY g.name)
                FROM pg_settings g
               WHERE g.name IN ('archive_mode', 'block_size', 'cluster_name', 'data_checksums',
                 'default_transaction_read_only', 'hot_standby', 'hot_standby_feedback',
                 'idle_replication_slot_timeout', 'listen_addresses', 'max_connections',
                 'max_locks_per_transaction', 'max_prepared_transactions',
                 'max_replication_slots', 'max_slot_wal_keep_size', 'max_wal_senders',
                 'max_worker_processes', 'recovery_target', 'recovery_target_action',
                 'recovery_target_lsn', 'recovery_target_name', 'recovery_target_time',
                 'recovery_target_timeline', 'recovery_target_xid', 'sync_replication_slots',
                 'synchronized_standby_slots', 'synchronous_commit', 'synchronous_standby_names',
                 'wal_level', 'wal_log_hints', 'wal_receiver_status_interval',
                 'wal_receiver_timeout', 'wal_retrieve_retry_interval', 'wal_segment_size',
                 'wal_sender_timeout')
                 AND g.source NOT IN ('database', 'user', 'database user')
                 AND (g.name <> 'default_transaction_read_only' OR NOT EXISTS (
                   SELECT 1
                     FROM pg_db_role_setting o, unnest(o.setconfig) AS c(entry)
                    WHERE split_part(c.entry, '=', 1) = g.name
                      AND (o.setrole <> 0 OR o.setdatabase <> 0)
                      AND o.setrole IN (0, quote_ident(session_user)::regrole::oid)
                      AND o.setdatabase IN (0, substring(
                            pg_relation_filepath('pg_class') FROM '([0-9]+)/[0-9]+$')::oid)))"""
          .formatted(SETTINGS.array(10));

  /**
   * Some are enough; a role that reads and writes nothing, as the agent's, is left out. The name of
   * a database comes from a function, since {@code pg_database} may be refused.
   */
  private static final String COMMIT_OVERRIDES_SHOWN =
      """
      SELECT array_agg(%s)
                FROM (
                  SELECT nullif(o.setrole, 0) AS role,
                         (pg_identify_object_as_address('pg_database'::regclass,
                            nullif(o.setdatabase, 0), 0)).object_names[1] AS database,
                         split_part(c.entry, '=', 2) AS value
                    FROM pg_db_role_setting o
                    CROSS JOIN LATERAL unnest(o.setconfig) AS c(entry)
                   WHERE split_part(c.entry, '=', 1) = 'synchronous_commit'
                     AND lower(split_part(c.entry, '=', 2)) IN ('off', 'local', 'false', 'no', '0')
                     AND o.setrole <> quote_ident(session_user)::regrole::oid
                   ORDER BY o.setdatabase, o.setrole
                   LIMIT 20) s"""
          .formatted(COMMIT_OVERRIDES.array(10));

  private static final SortedMap<RefusableFact, SortedMap<String, String>> FACTS =
      new TreeMap<>(
          Map.of(
              RefusableFact.SETTINGS,
              new TreeMap<>(
                  Map.of("settings", SETTINGS_SHOWN, "commit_overrides", COMMIT_OVERRIDES_SHOWN)),
              RefusableFact.DATABASES,
              new TreeMap<>(
                  Map.of(
                      "databases",
                      "SELECT array_agg(%s ORDER BY d.datname) FROM pg_database d"
                          .formatted(DATABASES.array(10)))),
              RefusableFact.ROLES,
              new TreeMap<>(
                  Map.of(
                      "roles",
                      "SELECT array_agg(%s ORDER BY r.rolname) FROM pg_roles r"
                          .formatted(ROLES.array(10)),
                      "memberships",
                      "SELECT array_agg(%s ORDER BY m.member, m.roleid) FROM pg_auth_members m"
                          .formatted(MEMBERSHIPS.array(10)))),
              RefusableFact.SUBSCRIPTIONS,
              new TreeMap<>(
                  Map.of(
                      "subscriptions",
                      "SELECT ARRAY[%s] FROM pg_stat_subscription s"
                          .formatted(SUBSCRIPTIONS.array(10))))));

  /** The statement without the facts that are refused. */
  static String without(Set<RefusableFact> refused) {
    return FACTS.entrySet().stream()
        .flatMap(
            fact ->
                fact.getValue().entrySet().stream()
                    .map(
                        part ->
                            (refused.contains(fact.getKey())
                                    ? "NULL::text[]"
                                    : "(" + part.getValue() + ")")
                                + " AS "
                                + part.getKey()))
        .collect(joining(",\n", ALWAYS, ""));
  }

  /** A statement that reads one fact alone; empty for those of {@link PollQuery}. */
  static Optional<String> alone(RefusableFact fact) {
    return Optional.ofNullable(FACTS.get(fact))
        .map(parts -> parts.values().stream().collect(joining("), (", "SELECT (", ")")));
  }

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
                LEFT JOIN pg_depend d
                  ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.objsubid = 0
                 AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
                LEFT JOIN pg_extension x ON x.oid = d.refobjid
               WHERE n.nspname !~ '^pg_(toast|temp)') AS schemas,
             (SELECT array_agg(%s ORDER BY e.extname)
                FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace) AS extensions
      """
          .formatted(SCHEMAS.array(10), EXTENSIONS.array(10));
}
