package io.pgtopo.config.pigsty;

import java.util.Set;

/** The variables of an inventory that the entity model is read from. */
public final class ModelVariables {
  static final Set<String> NAMES =
      words(
          """
          pg_cluster pg_seq pg_role pg_instance pg_shard pg_group pg_mode pg_version pg_instances
          pg_upstream pg_delay pg_rpo pg_offline_query pg_weight pg_port pgbouncer_port pg_exporters
          patroni_enabled patroni_mode patroni_port patroni_ssl_enabled
          pg_vip_enabled pg_vip_address pg_vip_interface pg_dns_target pg_dns_suffix
          pg_default_services pg_services pg_default_service_dest pg_service_provider haproxy_services
          pg_databases pg_users pg_default_roles pg_monitor_username pg_monitor_password
          nodename node_cluster node_id_from_pg pg_zone
          """);

  /** Other parameters and facts of Pigsty whose names are close to one of these. */
  private static final Set<String> OTHERS =
      words(
          """
          gp_role pg_service pg_cluster_size pg_clusters pg_shards pg_member pg_members
          pg_home pg_init pg_data pg_conf pg_rto pg_dbsu pg_libs pg_files pg_locale pg_reload
          pg_safeguard pg_clean pg_rm_data pg_parameters pg_default_schemas pg_extensions
          pg_host pg_user pg_database pg_exporter pg_exporter_port pg_is_primary pg_meta
          pg_admin_username pg_admin_password pgbouncer_sslmode
          node_id node_name nodes node_conf node_tune node_data
          """);

  private ModelVariables() {}

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  /** Whether the model is read from it. */
  public static boolean isOne(String name) {
    return NAMES.contains(name);
  }

  /** Whether Pigsty knows it, but the model does not. */
  static boolean isKnown(String name) {
    return OTHERS.contains(name);
  }
}
