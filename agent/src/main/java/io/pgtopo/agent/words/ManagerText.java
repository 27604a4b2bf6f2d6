package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice.Manager;
import io.pgtopo.agent.observation.HaManager;
import java.util.Optional;

/**
 * How to change the roles of servers: with the command of the manager that was seen; otherwise both
 * ways, since one that is not seen may be there.
 */
final class ManagerText {
  private ManagerText() {}

  /** Exchanges the roles of two servers. */
  static String switchover(Optional<Manager> manager, String from, String to) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI ->
                      "patronictl switchover %s --candidate %s".formatted(it.cluster(), to);
                  case REPMGR -> "repmgr standby switchover on " + to;
                  case PG_AUTO_FAILOVER -> "pg_autoctl perform promotion on " + to;
                  case CLOUDNATIVEPG -> "kubectl cnpg promote %s %s".formatted(it.cluster(), to);
                })
        .orElseGet(
            () ->
                "with its HA manager (Patroni: patronictl switchover --candidate %s); where there is none, stop %s (pg_ctl stop -m fast), only then SELECT pg_promote() on %s, and start %s again only as its standby (standby.signal)"
                    .formatted(to, from, to, from));
  }

  /** Promotes a server where none is primary. */
  static String promotion(Optional<Manager> manager, String candidate) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI ->
                      "patronictl failover %s --candidate %s".formatted(it.cluster(), candidate);
                  case REPMGR -> "repmgr standby promote there";
                  case PG_AUTO_FAILOVER -> "pg_autoctl perform promotion there";
                  case CLOUDNATIVEPG ->
                      "kubectl cnpg promote %s %s".formatted(it.cluster(), candidate);
                })
        .orElseGet(
            () ->
                "SELECT pg_promote() there (12+; before, pg_ctl promote); with its HA manager if there is one (Patroni: patronictl failover --candidate %s)"
                    .formatted(candidate));
  }

  /** Brings a stopped server back as a standby of a leader. */
  static String rejoin(Optional<Manager> manager, String server, String leader) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI ->
                      "start Patroni on its node, not PostgreSQL; if it cannot rewind it: patronictl reinit %s %s"
                          .formatted(it.cluster(), server);
                  case REPMGR ->
                      "repmgr node rejoin --force-rewind there, with the conninfo of " + leader;
                  case PG_AUTO_FAILOVER -> "start pg_autoctl on its node, not PostgreSQL";
                  case CLOUDNATIVEPG -> "let its operator start it";
                })
        .orElseGet(
            () ->
                "%s, and start it with standby.signal; if an HA manager runs it (Patroni: start Patroni, not PostgreSQL), let that do it"
                    .formatted(renewal(leader)));
  }

  /** Starts a stopped server that has no WAL of its own. */
  static String start(Optional<Manager> manager) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "by starting Patroni on its node, not PostgreSQL";
                  case PG_AUTO_FAILOVER -> "by starting pg_autoctl on its node, not PostgreSQL";
                  case CLOUDNATIVEPG -> "through its operator";
                  case REPMGR ->
                      "with standby.signal in its data directory and the right primary_conninfo";
                })
        .orElse(
            "with standby.signal in its data directory and the right primary_conninfo; if an HA manager runs it (Patroni: start Patroni, not PostgreSQL), let that start it");
  }

  /** Keeps a manager from starting, promoting or demoting servers meanwhile. */
  static String pause(Optional<Manager> manager) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "pause Patroni (patronictl pause %s)".formatted(it.cluster());
                  case REPMGR -> "pause repmgrd (repmgr service pause)";
                  case PG_AUTO_FAILOVER -> "stop pg_autoctl on their nodes";
                  case CLOUDNATIVEPG ->
                      "fence them (kubectl cnpg fencing on %s NAME)".formatted(it.cluster());
                })
        .orElse("pause the HA manager, if there is one (Patroni: patronictl pause)");
  }

  /** Lets a replica that runs follow another server. */
  static String follow(Optional<Manager> manager, String replica, String leader) {
    return manager
        .map(
            it ->
                it.product() == HaManager.REPMGR
                    ? "repmgr standby follow on " + replica
                    : "%s does that by itself; if it does not, find out why: %s"
                        .formatted(it.product().product(), status(it)))
        .orElseGet(
            () ->
                "set its primary_conninfo to %s, which is primary now, and reload it (restart before 13); if an HA manager runs it (Patroni: patronictl list), find out why that does not"
                    .formatted(leader));
  }

  /** Replaces the data of a replica by those of the primary. */
  static String rebuild(Optional<Manager> manager, String replica, String leader) {
    return manager
        .filter(it -> it.product() == HaManager.PATRONI)
        .map(it -> "patronictl reinit %s %s".formatted(it.cluster(), replica))
        .orElseGet(
            () -> renewal(leader) + (manager.isPresent() ? "" : " (Patroni: patronictl reinit)"));
  }

  /** On one timeline pg_rewind says that no rewind is required. */
  private static String renewal(String leader) {
    return "pg_rewind it from %s, or rebuild it (if both are on one timeline, rebuild it: pg_rewind changes nothing then)"
        .formatted(leader);
  }

  /** Who decides where a primary may be hidden from the agent. */
  static String decides(Optional<Manager> manager) {
    return manager
        .map(it -> "%s decides that: %s".formatted(it.product().product(), status(it)))
        .orElse("If an HA manager runs it (Patroni: patronictl list), leave the choice to it");
  }

  private static String status(Manager manager) {
    return switch (manager.product()) {
      case PATRONI -> "patronictl list " + manager.cluster();
      case REPMGR -> "repmgr service status";
      case PG_AUTO_FAILOVER -> "pg_autoctl show state";
      case CLOUDNATIVEPG -> "kubectl cnpg status " + manager.cluster();
    };
  }
}
