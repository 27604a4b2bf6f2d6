package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table in which an HA manager keeps what it believes of servers. */
enum ManagerTable {
  /** Each server has one: a standby that of its upstream, an old primary its own. */
  REPMGR(HaManager.REPMGR, "repmgr", "nodes", "repmgr") {
    // A role that may not read conninfo, which may hold a password, sees names only.
    @Override
    List<String> statements() {
      return Stream.of("n.conninfo", "NULL::text")
          .map(
              conninfo ->
                  """
                  SELECT n.node_name AS name, n.type AS role,
                         CASE WHEN n.active THEN 'active' ELSE 'inactive' END AS state,
                         u.node_name AS upstream, %s AS conninfo
                    FROM repmgr.nodes n LEFT JOIN repmgr.nodes u ON u.node_id = n.upstream_node_id
                   ORDER BY n.node_id"""
                      .formatted(conninfo))
          .toList();
    }

    @Override
    Optional<HostPort> address(Row row) {
      return row.text("conninfo").flatMap(text -> Conninfo.parse(text).address());
    }
  },

  /** Only the monitor has one. A state that is not the assigned one is about to change. */
  MONITOR(HaManager.PG_AUTO_FAILOVER, "pgautofailover", "node", "pg_auto_failover") {
    @Override
    List<String> statements() {
      return List.of(
          """
          SELECT n.nodename AS name, n.reportedstate::text AS role,
                 CASE WHEN n.goalstate <> n.reportedstate THEN n.goalstate::text
                      WHEN NOT n.reportedpgisrunning THEN 'stopped'
                      WHEN n.health = 0 THEN 'unhealthy'
                      ELSE 'running' END AS state,
                 n.nodehost AS host, n.nodeport::text AS port
            FROM pgautofailover.node n
           ORDER BY n.formationid, n.groupid, n.nodeid""");
    }

    @Override
    Optional<HostPort> address(Row row) {
      return row.text("host").map(host -> new HostPort(host, row.port("port").orElse(0)));
    }
  };

  /** Which tables, and which of the managers' own databases there are. */
  static final String PRESENCE =
      Stream.of(values())
          .map(
              it ->
                  """
                  EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = '%s' AND c.relname = '%s' AND c.relkind = 'r') AS %s,
                  EXISTS (SELECT FROM pg_database d
                           WHERE d.datname = '%s' AND d.datallowconn) AS %s_database"""
                      .formatted(it.schema, it.table, it.present(), it.database, it.present()))
          .collect(Collectors.joining(",\n", "SELECT pg_is_in_recovery() AS in_recovery,\n", ""));

  private final HaManager manager;
  private final String schema;
  private final String table;
  private final String database;

  ManagerTable(HaManager manager, String schema, String table, String database) {
    this.manager = manager;
    this.schema = schema;
    this.table = table;
    this.database = database;
  }

  HaManager manager() {
    return manager;
  }

  /** The database that the manager creates for it. */
  String database() {
    return database;
  }

  /** The column of {@link #PRESENCE}. */
  String present() {
    return manager.label();
  }

  /** Statements that read it, each with less than the one before. */
  abstract List<String> statements();

  /** Where a server is; without its secrets. */
  abstract Optional<HostPort> address(Row row);

  /** What shows it to a role. */
  String grants() {
    return "GRANT USAGE ON SCHEMA %s, GRANT SELECT ON %s.%s TO the monitoring role"
        .formatted(schema, schema, table);
  }
}
