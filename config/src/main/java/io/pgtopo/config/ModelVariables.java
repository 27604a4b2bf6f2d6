package io.pgtopo.config;

import java.util.Set;

/** The variables of an inventory that the entity model is read from. */
final class ModelVariables {
  static final Set<String> NAMES =
      Set.of(
          "pg_cluster",
          "pg_seq",
          "pg_role",
          "pg_shard",
          "pg_group",
          "pg_mode",
          "pg_upstream",
          "pg_delay",
          "pg_offline_query",
          "pg_weight",
          "pg_port",
          "pgbouncer_port",
          "pg_version",
          "pg_exporters",
          "pg_vip_enabled",
          "pg_vip_address",
          "pg_vip_interface",
          "pg_default_services",
          "pg_services",
          "pg_default_service_dest",
          "pg_databases",
          "pg_users",
          "pg_default_roles",
          "pg_monitor_username",
          "pg_monitor_password",
          "pg_instances",
          "nodename",
          "node_cluster",
          "node_id_from_pg");

  private ModelVariables() {}

  static boolean isOne(String name) {
    return NAMES.contains(name);
  }
}
