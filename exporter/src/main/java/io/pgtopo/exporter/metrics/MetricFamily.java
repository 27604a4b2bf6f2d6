package io.pgtopo.exporter.metrics;

import java.util.List;

/**
 * The metric families of pgtopo: their names are a promise. {@code docs/metrics.md} says when each
 * is absent.
 *
 * <p>A family is listed with all labels that its series may have; a label that does not apply to a
 * series is left out of it.
 */
public enum MetricFamily {
  UP(
      Type.GAUGE,
      "pgtopo_up",
      "1 if the declared instance answered in the last cycle.",
      "cls,ins,ip"),
  PROBE_DURATION(
      Type.GAUGE,
      "pgtopo_probe_duration_seconds",
      "How long the last look at the instance took, also if it failed.",
      "cls,ins,ip"),
  PROBE_FAILURE(
      Type.GAUGE,
      "pgtopo_probe_failure",
      "1 for the reason why the last look at the instance failed.",
      "cls,ins,ip,reason"),
  DECLARED_ROLE(
      Type.GAUGE,
      "pgtopo_instance_declared_role",
      "1 for the role that is declared, 0 for the others.",
      "cls,ins,ip,role"),
  ROLE(
      Type.GAUGE,
      "pgtopo_instance_role",
      "1 for the role that the instance really has, 0 for the others; unknown if it did not"
          + " answer.",
      "cls,ins,ip,role"),
  INSTANCE_INFO(
      Type.INFO,
      "pgtopo_instance_info",
      "Which server answered at the address of the instance.",
      "cls,ins,ip,version,system_identifier"),
  TIMELINE(
      Type.GAUGE,
      "pgtopo_timeline_id",
      "The timeline the instance is on; one read from the control_file is a lower bound.",
      "cls,ins,ip,source"),
  WAL_LSN(
      Type.GAUGE,
      "pgtopo_wal_lsn_bytes",
      "A position in the WAL, in bytes from its start.",
      "cls,ins,ip,position"),
  REPLAY_PAUSED(
      Type.GAUGE,
      "pgtopo_replay_paused",
      "1 if the instance is in recovery and its replay is paused.",
      "cls,ins,ip"),
  DELAY_DECLARED(
      Type.GAUGE,
      "pgtopo_replay_delay_declared_seconds",
      "The delay that is declared for replay; 0 for none.",
      "cls,ins,ip"),
  DELAY(
      Type.GAUGE,
      "pgtopo_replay_delay_seconds",
      "The delay that a replica replays with: recovery_min_apply_delay.",
      "cls,ins,ip"),
  POSTMASTER_START(
      Type.GAUGE,
      "pgtopo_postmaster_start_timestamp_seconds",
      "When the server started, by its own clock.",
      "cls,ins,ip"),
  SLOT_ACTIVE(
      Type.GAUGE,
      "pgtopo_replication_slot_active",
      "1 if a walsender uses the slot.",
      "cls,ins,ip,slot,type"),
  SLOT_RETAINED(
      Type.GAUGE,
      "pgtopo_replication_slot_retained_bytes",
      "WAL that the slot keeps: the end of the server's WAL minus restart_lsn.",
      "cls,ins,ip,slot,type"),
  SLOT_WAL_STATUS(
      Type.GAUGE,
      "pgtopo_replication_slot_wal_status",
      "1 for the wal_status of the slot, 0 for the others.",
      "cls,ins,ip,slot,type,status"),
  LINK_DECLARED(
      Type.GAUGE,
      "pgtopo_replication_link_declared",
      "1 for a replication link that is declared.",
      "cls,upstream,downstream"),
  LINK_CONNECTED(
      Type.GAUGE,
      "pgtopo_replication_link_connected",
      "1 if a declared link is there, 0 if the downstream says that it is not.",
      "cls,upstream,downstream"),
  LINK(
      Type.GAUGE,
      "pgtopo_replication_link",
      "1 for a replication link, with how well it is proved: by both ends or by one.",
      "cls,upstream,downstream,grade"),
  LINK_STREAMING(
      Type.GAUGE,
      "pgtopo_replication_link_streaming",
      "1 if both ends say that WAL streams, 0 if one says that it does not.",
      "cls,upstream,downstream"),
  LINK_STATE(
      Type.GAUGE,
      "pgtopo_replication_state",
      "1 for the state that an upstream reports of a downstream, 0 for the others.",
      "cls,upstream,downstream,state"),
  REPLAY_LAG(
      Type.GAUGE,
      "pgtopo_replication_replay_lag_bytes",
      "The end of the upstream's WAL minus what the downstream replayed.",
      "cls,upstream,downstream"),
  SYNC_STATE(
      Type.GAUGE,
      "pgtopo_replication_sync_state",
      "1 for the sync_state that a primary reports of a downstream, 0 for the others.",
      "cls,upstream,downstream,state"),
  PRIMARIES(
      Type.GAUGE,
      "pgtopo_cluster_primaries",
      "How many of the instances that answered are in production.",
      "cls"),
  INSTANCES(
      Type.GAUGE,
      "pgtopo_cluster_instances",
      "How many instances are declared, and how many of them answered or did not.",
      "cls,state"),
  CLUSTER_SYNC(
      Type.GAUGE,
      "pgtopo_cluster_sync",
      "1 for whether the cluster is as declared, 0 for the other states.",
      "cls,state"),
  CLUSTER_HEALTH(
      Type.GAUGE,
      "pgtopo_cluster_health",
      "1 for whether the cluster does its work, 0 for the other states.",
      "cls,state"),
  SERVICE_INFO(
      Type.INFO,
      "pgtopo_service_info",
      "A service of the cluster, as it is declared.",
      "cls,svc,port,destination"),
  SERVICE_WEIGHT(
      Type.GAUGE,
      "pgtopo_service_declared_weight",
      "The share of a service's load that is declared for an instance, as a member or as a backup.",
      "cls,svc,ins,ip,use"),
  DRIFT(
      Type.GAUGE,
      "pgtopo_drift",
      "1 for a difference between what is declared and what is there; 0 if all of the cluster was"
          + " judged and none of the kind found.",
      "cls,ins,ip,part,kind,severity,state"),
  DRIFT_EVALUABLE(
      Type.GAUGE,
      "pgtopo_drift_evaluable",
      "1 if a kind of drift could be judged for the whole cluster, 0 if not.",
      "cls,kind,severity"),
  DRIFT_SINCE(
      Type.GAUGE,
      "pgtopo_drift_since_timestamp_seconds",
      "Since when the drift was seen in every cycle.",
      "cls,ins,ip,part,kind,severity"),
  UNVERIFIABLE(
      Type.GAUGE,
      "pgtopo_drift_unverifiable",
      "1 for a kind of drift that could not be judged: neither drift nor agreement.",
      "cls,ins,ip,part,about,state"),
  BUILD_INFO(Type.INFO, "pgtopo_build_info", "Which pgtopo this is.", "version,java"),
  SNAPSHOT_TIMESTAMP(
      Type.GAUGE,
      "pgtopo_snapshot_timestamp_seconds",
      "When the last cycle ended; a scrape reads its result and looks at no server itself.",
      ""),
  CYCLE_DURATION(Type.GAUGE, "pgtopo_cycle_duration_seconds", "How long the last cycle took.", ""),
  RELOAD_SUCCESSFUL(
      Type.GAUGE,
      "pgtopo_config_last_reload_successful",
      "1 if settings and inventory could be read when they last changed, 0 if the old ones are still"
          + " in force because they could not.",
      ""),
  RELOAD_TIMESTAMP(
      Type.GAUGE,
      "pgtopo_config_last_reload_success_timestamp_seconds",
      "When the settings and the inventory that are in force were read.",
      ""),
  CYCLES(Type.COUNTER, "pgtopo_cycles_total", "Cycles that ended.", ""),
  CYCLE_FAILURES(
      Type.COUNTER, "pgtopo_cycle_failures_total", "Cycles that broke off, by a bug.", ""),
  PROBE_FAILURES(
      Type.COUNTER,
      "pgtopo_probe_failures_total",
      "Looks at instances that failed, by reason.",
      "reason"),
  CHANGES(
      Type.COUNTER,
      "pgtopo_changes_total",
      "What happened to clusters and to pgtopo, by kind, since pgtopo started.",
      "kind"),
  HTTP_REFUSALS(
      Type.COUNTER,
      "pgtopo_http_refusals_total",
      "HTTP requests that were not answered, by reason.",
      "reason"),
  RENDER_FAILURES(
      Type.COUNTER,
      "pgtopo_render_failures_total",
      "Scrapes whose topology could not be rendered, by a bug.",
      ""),
  STATE_FAILURES(
      Type.COUNTER,
      "pgtopo_state_write_failures_total",
      "Cycles after which the state could not be written to state_directory.",
      "");

  /** OpenMetrics' types. */
  enum Type {
    GAUGE,
    INFO,
    COUNTER
  }

  private final Type type;
  private final String exposed;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // It is List.of.
  private final List<String> labels;

  MetricFamily(Type type, String exposed, String help, String labels) {
    this.type = type;
    this.exposed = exposed;
    this.help = help;
    this.labels = labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  Type type() {
    return type;
  }

  /** The name as it is scraped, with the suffix of its type. */
  public String exposed() {
    return exposed;
  }

  String help() {
    return help;
  }

  /** In the order in which {@link ScrapeSeries#put} takes their values. */
  List<String> labels() {
    return labels;
  }
}
