package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Advice.Manager;
import io.pgtopo.agent.observation.HaManager;
import java.util.Optional;

/**
 * How to change the roles of servers: with the command of the manager that was seen; otherwise both
 * ways, since one that is not seen may be there.
 */
final class ManagerText {
  private static final String AS_STANDBY = "with standby.signal in its data directory";

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
                      "patronictl failover %s --candidate %s; if that does not reach the configuration store, bring the store back first and promote none by hand"
                          .formatted(it.cluster(), candidate);
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

  /** How a stopped server that has no WAL of its own may start. */
  static String start(Optional<Manager> manager) {
    return startedBy(manager)
        .orElseGet(() -> AS_STANDBY + " and the right primary_conninfo" + unlessManaged(manager));
  }

  /** How a stopped server may start while no primary is known. */
  static String asReplica(Optional<Manager> manager) {
    return startedBy(manager).orElseGet(() -> AS_STANDBY + unlessManaged(manager));
  }

  /** One that is not seen may be there. */
  private static String unlessManaged(Optional<Manager> manager) {
    return manager.isPresent()
        ? ""
        : "; if an HA manager runs it (Patroni: start Patroni, not PostgreSQL), let that start it";
  }

  /** What to start, of a server that nobody else can lead for. */
  static String alone(Optional<Manager> manager, String server) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "Patroni on its node, not PostgreSQL,";
                  case PG_AUTO_FAILOVER -> "pg_autoctl on its node, not PostgreSQL,";
                  case CLOUDNATIVEPG, REPMGR -> server;
                })
        .orElse(server);
  }

  private static Optional<String> startedBy(Optional<Manager> manager) {
    return manager.flatMap(
        it ->
            switch (it.product()) {
              case PATRONI -> Optional.of("by starting Patroni on its node, not PostgreSQL");
              case PG_AUTO_FAILOVER ->
                  Optional.of("by starting pg_autoctl on its node, not PostgreSQL");
              case CLOUDNATIVEPG -> Optional.of("through its operator");
              case REPMGR -> Optional.empty();
            });
  }

  /** Keeps a manager from starting, promoting or demoting servers meanwhile. */
  static String pause(Optional<Manager> manager) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "pause Patroni (patronictl pause %s)".formatted(it.cluster());
                  case REPMGR -> "pause repmgrd (repmgr service pause)";
                  case PG_AUTO_FAILOVER ->
                      "stop pg_autoctl, which stops PostgreSQL too, on all their nodes but one";
                  case CLOUDNATIVEPG ->
                      "fence all but one (kubectl cnpg fencing on %s NAME)".formatted(it.cluster());
                })
        .orElse("pause the HA manager, if there is one (Patroni: patronictl pause)");
  }

  /** Ends that, once one server leads. */
  static String resume(Optional<Manager> manager) {
    return manager
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "resume Patroni (patronictl resume %s)".formatted(it.cluster());
                  case REPMGR -> "resume repmgrd (repmgr service unpause)";
                  case PG_AUTO_FAILOVER -> "start pg_autoctl on their nodes";
                  case CLOUDNATIVEPG ->
                      "end the fencing (kubectl cnpg fencing off %s NAME)".formatted(it.cluster());
                })
        .orElse("resume the HA manager");
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
        .map(
            it ->
                switch (it.product()) {
                  case PATRONI -> "patronictl reinit %s %s".formatted(it.cluster(), replica);
                  case REPMGR ->
                      "stop it, and repmgr node rejoin --force-rewind there, with the conninfo of %s; where that cannot rewind it, repmgr standby clone --force"
                          .formatted(leader);
                  case PG_AUTO_FAILOVER ->
                      "pg_autoctl drop node --destroy there, and pg_autoctl create postgres builds it anew";
                  case CLOUDNATIVEPG ->
                      "kubectl cnpg destroy %s %s, and its operator builds it anew"
                          .formatted(it.cluster(), replica);
                })
        .orElseGet(() -> renewal(leader) + " (Patroni: patronictl reinit)");
  }

  /** Where a manager keeps settings that it writes itself. */
  static String configuration(Advice.Configure advice) {
    var manager = advice.manager();
    var cluster = manager.cluster();
    return switch (advice.settings().getFirst()) {
      case "primary_conninfo" ->
          switch (manager.product()) {
            case PATRONI ->
                "Patroni sets it (tag replicatefrom in patroni.yml); patronictl list " + cluster;
            case PG_AUTO_FAILOVER -> "its monitor sets it; pg_autoctl show state";
            case CLOUDNATIVEPG -> "its operator sets it; kubectl cnpg status " + cluster;
            case REPMGR -> "repmgr standby follow there";
          };
      case "synchronous_standby_names" ->
          switch (manager.product()) {
            case PATRONI ->
                "patronictl edit-config %s (synchronous_mode); Patroni writes synchronous_standby_names itself"
                    .formatted(cluster);
            case PG_AUTO_FAILOVER ->
                "pg_autoctl set formation number-sync-standbys; it writes synchronous_standby_names itself";
            case CLOUDNATIVEPG, REPMGR -> edited(manager);
          };
      default -> edited(manager);
    };
  }

  private static String edited(Manager manager) {
    return switch (manager.product()) {
      case PATRONI ->
          "patronictl edit-config %s, or patroni.yml of a single member; Patroni overwrites postgresql.conf"
              .formatted(manager.cluster());
      case CLOUDNATIVEPG ->
          "kubectl edit cluster %s; its operator overwrites postgresql.conf"
              .formatted(manager.cluster());
      case PG_AUTO_FAILOVER, REPMGR -> "in postgresql.conf, and reload";
    };
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
