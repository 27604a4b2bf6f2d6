package io.pgtopo.exporter.metrics;

import java.util.List;
import java.util.Locale;

/**
 * The metric families of pgtopo. A constant in lower case after {@code pgtopo_} is the name as it
 * is scraped, whose suffix gives the type; {@code docs/metrics.md} says when each is absent.
 *
 * <p>A family is listed with all labels that its series may have; a label that does not apply to a
 * series is left out of it.
 */
public enum MetricFamily {
  UP("cls,ins,ip", "1 if the declared instance answered in the last cycle, 0 otherwise."),
  LAST_POLL_DURATION_SECONDS("cls,ins,ip", "How long the last poll of the instance took."),
  LAST_POLL_FAILURE(
      "cls,ins,ip,reason", "1 for the reason why the last poll of the instance failed."),
  INSTANCE_DECLARED_ROLE("cls,ins,ip,role", "1 for the declared role, 0 for the others."),
  INSTANCE_ROLE(
      "cls,ins,ip,role",
      "1 for the actual role of the instance, 0 for the others; unknown if it did not answer."),
  INSTANCE_INFO(
      "cls,ins,ip,version,system_identifier",
      "The server that answered at the address of the instance."),
  TIMELINE_ID(
      "cls,ins,ip,source",
      "The timeline of the instance; one read from the control file is a lower bound."),
  WAL_LSN_BYTES("cls,ins,ip,position", "An LSN, in bytes from the start of the WAL."),
  REPLAY_PAUSED("cls,ins,ip", "1 if the instance is in recovery and its replay is paused."),
  REPLAY_DELAY_DECLARED_SECONDS("cls,ins,ip", "The declared replay delay; 0 for none."),
  REPLAY_DELAY_SECONDS("cls,ins,ip", "recovery_min_apply_delay of the instance."),
  POSTMASTER_START_TIMESTAMP_SECONDS(
      "cls,ins,ip", "When the server was started, by the clock of its host."),
  REPLICATION_SLOT_ACTIVE("cls,ins,ip,slot,type", "1 if a walsender uses the slot, 0 otherwise."),
  REPLICATION_SLOT_RETAINED_BYTES(
      "cls,ins,ip,slot,type",
      "WAL retained by the slot: the end of the server's WAL minus restart_lsn."),
  REPLICATION_SLOT_WAL_STATUS(
      "cls,ins,ip,slot,type,status", "1 for the wal_status of the slot, 0 for the others."),
  REPLICATION_LINK_DECLARED("cls,upstream,downstream", "1 for each declared replication link."),
  REPLICATION_LINK_CONNECTED(
      "cls,upstream,downstream",
      "1 if a declared replication link exists, 0 if the downstream reports that it does not."),
  REPLICATION_LINK(
      "cls,upstream,downstream,grade",
      "1 for each replication link; grade: whether both ends report it, or one."),
  REPLICATION_LINK_STREAMING(
      "cls,upstream,downstream",
      "1 if both ends report that WAL streams, 0 if one denies it, is missing or is silent."),
  REPLICATION_REPLY_AGE_SECONDS(
      "cls,upstream,downstream",
      "How long ago, at least, the downstream sent the last reply that the upstream has."),
  REPLICATION_STATE(
      "cls,upstream,downstream,state",
      "1 for the state in pg_stat_replication of the upstream, 0 for the others."),
  REPLICATION_REPLAY_LAG_BYTES(
      "cls,upstream,downstream",
      "The end of the upstream's WAL minus the position that the downstream replayed."),
  REPLICATION_REPLAY_LAG_SECONDS(
      "cls,upstream,downstream",
      "How long the downstream has not replayed what the upstream had, at least; 0 if it has replayed"
          + " all."),
  REPLICATION_SYNC_STATE(
      "cls,upstream,downstream,state",
      "1 for the sync_state in pg_stat_replication of a primary, 0 for the others."),
  SUBSCRIPTION_UP(
      "cls,ins,ip,database,subscription",
      "1 if the apply worker of an enabled subscription runs, 0 if not; no sample if it is disabled."),
  SUBSCRIPTION_ERRORS(
      "cls,ins,ip,database,subscription",
      "Errors of the workers of a subscription since its statistics were reset."),
  LOGICAL_LINK(
      "cls,upstream,downstream,slot,grade",
      "1 for each client of a logical slot; grade: whether both ends report it, or the slot alone."),
  LOGICAL_LINK_LAG_BYTES(
      "cls,upstream,downstream,slot",
      "WAL of the upstream that the client of a logical slot has not confirmed."),
  CLUSTER_PRIMARIES("cls", "How many servers of the cluster are in production."),
  CLUSTER_INSTANCES(
      "cls,state", "How many instances are declared, reachable (answered), and unreachable."),
  CLUSTER_SYNC("cls,state", "1 for whether the cluster is as declared, 0 for the other states."),
  CLUSTER_HEALTH("cls,state", "1 for the health of the cluster, 0 for the other states."),
  FAILOVER_SAFE(
      "cls,candidate",
      "1 if the candidate could replace the primary now without harm, if that stops without warning,"
          + " 0 if not; no sample if that is unknown."),
  SWITCHOVER_SAFE(
      "cls,candidate",
      "The same if the primary is shut down cleanly first; no sample if that is unknown."),
  NODE_LOSS_SAFE(
      "cls,node,effect",
      "1 for each effect of the loss of a node that its cluster bears, 0 for each that it does not; no"
          + " sample of what is unknown."),
  SERVICE_INFO("cls,svc,port,destination", "A declared service of the cluster."),
  SERVICE_DECLARED_WEIGHT("cls,svc,ins,ip,use", "The declared weight of an instance in a service."),
  SERVICE_EXPECTED(
      "cls,svc,ins,ip,use",
      "1 if an instance should get connections through a service, by its health check and the live"
          + " roles, 0 if not; no sample if that is unknown."),
  SERVICE_ADDRESS_UP(
      "cls,svc,address",
      "1 if the last connection of a client to an address of a service got a server, 0 if none is"
          + " there; no sample if that is unknown, or services are not dialled."),
  SERVICE_SERVING(
      "cls,svc,ins,node",
      "1 if the load balancer of a node sends connections of a service to an instance, 0 if not; no"
          + " sample if that is unknown, or load balancers are not read."),
  MANAGER_UP(
      "cls,ins",
      "1 if the HA manager of the instance answered when it was last read, 0 if not; no sample if it"
          + " is not read."),
  MANAGER_ROLE(
      "cls,ins,role",
      "1 for the role that the HA manager of the instance reports of its own server, 0 for the other"
          + " one; no sample if it is silent, or has another word for it."),
  MANAGER_TABLE_ROLE(
      "cls,ins,manager,table,role",
      "1 for the role that the table of a HA manager on a server has of an instance, 0 for the other"
          + " one; no sample if it is not read, not active, or only a copy on a standby."),
  MANAGER_PAUSED(
      "cls",
      "1 if a HA manager of the cluster that answers is paused, 0 if none is; no sample if none"
          + " answers, or none is read."),
  DRIFT(
      "cls,ins,ip,part,kind,severity,state",
      "1 for a difference between what is declared and what is there; 0 if the kind was evaluated"
          + " for the whole cluster and there is none."),
  DRIFT_CAUSE(
      "cls,ins,ip,part,kind,cause,cause_ins",
      "1 for an open drift that follows from another open one: the kind and instance of that."),
  DRIFT_EVALUABLE(
      "cls,kind,severity", "1 if the kind of drift was evaluated for the whole cluster, 0 if not."),
  DRIFT_SINCE_TIMESTAMP_SECONDS(
      "cls,ins,ip,part,kind,severity", "When the open drift was first seen."),
  DRIFT_UNVERIFIABLE(
      "cls,ins,ip,part,about,state",
      "1 for a kind of drift that could not be evaluated: neither drift nor agreement."),
  BUILD_INFO("version,java", "The version of pgtopo and of its Java runtime."),
  SNAPSHOT_TIMESTAMP_SECONDS("", "When the last cycle ended; a scrape polls no server itself."),
  LAST_CYCLE_DURATION_SECONDS("", "How long the last cycle took."),
  CONFIG_LAST_RELOAD_SUCCESSFUL(
      "", "1 if the last reload of settings and inventory succeeded, 0 if the old ones are used."),
  CONFIG_LAST_RELOAD_SUCCESS_TIMESTAMP_SECONDS(
      "", "When the settings and the inventory in use were read."),
  CONFIG_CLUSTERS_NOT_WATCHED(
      "", "How many declared clusters are not watched, because the inventory has errors in them."),
  CYCLES_TOTAL("", "Cycles that ended."),
  CYCLE_FAILURES_TOTAL("", "Cycles that failed because of a bug."),
  POLL_FAILURES_TOTAL("reason", "Polls of instances that failed, by reason."),
  CHANGES_TOTAL("kind", "Changes seen in clusters and in pgtopo since it started, by kind."),
  HTTP_REQUESTS_REJECTED_TOTAL("reason", "HTTP requests that were rejected, by reason."),
  RENDER_FAILURES_TOTAL("", "Answers that failed because of a bug."),
  STATE_WRITE_FAILURES_TOTAL(
      "", "Cycles after which the state could not be written to state_directory.");

  /** OpenMetrics' types. */
  enum Type {
    GAUGE,
    INFO,
    COUNTER
  }

  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // It is List.of.
  private final List<String> labels;

  MetricFamily(String labels, String help) {
    this.help = help;
    this.labels = labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  Type type() {
    if (name().endsWith("_TOTAL")) {
      return Type.COUNTER;
    }
    return name().endsWith("_INFO") ? Type.INFO : Type.GAUGE;
  }

  /** The name as it is scraped, with the suffix of its type. */
  public String exposed() {
    return "pgtopo_" + name().toLowerCase(Locale.ROOT);
  }

  String help() {
    return help;
  }

  /** In the order in which {@link ScrapeSeries#put} takes their values. */
  List<String> labels() {
    return labels;
  }
}
