package io.pgtopo.config.pigsty;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import java.util.Set;

/** The fields that Pigsty reads of each kind of item in its lists. */
enum FieldNames {
  DATABASE(
      "a database",
      """
      name state owner comment baseline template strategy encoding locale lc_collate lc_ctype
      locale_provider icu_locale icu_rules builtin_locale tablespace is_template allowconn
      revokeconn connlimit schemas extensions parameters pgbouncer pool_mode pool_size
      pool_size_min pool_reserve pool_connlimit pool_auth_user register_datasource
      pool_size_reserve pool_max_db_conn enabled
      """),
  SCHEMA("a schema", "name owner state"),
  EXTENSION("an extension", "name schema version state"),
  USER(
      "a user",
      """
      name state password login superuser createdb createrole inherit replication bypassrls
      connlimit expire_in expire_at comment roles parameters pgbouncer pool_mode pool_connlimit
      """),
  MEMBERSHIP("a membership", "name state admin set inherit"),
  SERVICE(
      "a service",
      """
      name port ip selector backup dest check maxconn balance options src_ip src_port dst_port
      check_method check_port check_url check_code selector_backup haproxy
      """),
  REMOTE(
      "a remote instance",
      """
      pg_cluster pg_seq pg_host pg_port pg_exporter_url pg_databases pg_monitor_username
      pg_monitor_password pg_exporter_include_database pg_exporter_exclude_database
      pg_exporter_auto_discovery pg_exporter_params pg_exporter_config pg_exporter_cache_ttls
      pg_exporter_connect_timeout pg_exporter_options pg_user pg_password pg_database pg_role
      """);

  private static final int MOST_EDITS = 2;
  private static final int SHORT = 5;

  private final String kind;

  // Set.of cannot be changed.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Set<String> known;

  FieldNames(String kind, String known) {
    this.kind = kind;
    this.known = Set.of(known.strip().split("\\s+"));
  }

  /** Reports each field that is close to a known one, and has no effect. */
  void check(Located item, Problems problems) {
    item.entries()
        .forEach(
            (name, found) -> {
              if (!known.contains(name)) {
                Suggestion.of(name, known, name.length() < SHORT ? 1 : MOST_EDITS)
                    .ifPresent(
                        meant ->
                            problems.fault(
                                Code.UNKNOWN_FIELD,
                                found.place(),
                                "a field of " + kind,
                                "unknown field %s, which has no effect; did you mean %s?"
                                    .formatted(name, meant)));
              }
            });
  }
}
