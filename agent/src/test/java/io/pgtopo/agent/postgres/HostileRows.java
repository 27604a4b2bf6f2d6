package io.pgtopo.agent.postgres;

import static io.pgtopo.agent.postgres.HostileServer.BOOLEAN;
import static io.pgtopo.agent.postgres.HostileServer.INTEGER;
import static io.pgtopo.agent.postgres.HostileServer.TEXT;
import static io.pgtopo.agent.postgres.HostileServer.TEXTS;

import io.pgtopo.agent.postgres.HostileServer.Cell;
import java.util.List;

/** The rows of a server that is well, each with the columns of its statement. */
final class HostileRows {
  private HostileRows() {}

  /** The row for a statement; none for a command. */
  static List<Cell> of(String sql) {
    if (sql.contains("pg_is_in_recovery")) {
      return poll();
    }
    if (sql.contains("AS login")) {
      return survey();
    }
    if (sql.contains("pg_ls_waldir()")) {
      return List.of(
          new Cell("oldest_wal", TEXT, "000000010000000000000001"),
          new Cell("newest_history", TEXT, "00000002.history"),
          new Cell("newest_history_written", TEXT, "1700000000.5"));
    }
    return List.of();
  }

  private static List<Cell> poll() {
    return List.of(
        new Cell("in_recovery", BOOLEAN, "f"),
        new Cell("version", INTEGER, "170000"),
        new Cell("started", TEXT, "1700000000.123456"),
        new Cell("server_host", TEXT, "127.0.0.1"),
        new Cell("server_port", INTEGER, "5432"),
        new Cell("port", INTEGER, "5432"),
        new Cell("data_directory", TEXT, "/data"),
        new Cell("cluster_name", TEXT, "pg-test"),
        new Cell("wal_file", TEXT, "000000010000000000000003"),
        new Cell("written", TEXT, "0/3000060"),
        new Cell("received", TEXT, "0/2000000"),
        new Cell("replayed", TEXT, "0/2000060"),
        new Cell("replay", TEXT, "not paused"),
        new Cell("replayed_commit", TEXT, "1700000000.1"),
        new Cell("now", TEXT, "1700000100.123456"),
        new Cell("configuration_loaded", TEXT, "1700000000.2"),
        new Cell("may_read_stats", BOOLEAN, "t"),
        new Cell("primary_conninfo", TEXT, "host=127.0.0.2 port=5433"),
        new Cell("primary_slot_name", TEXT, "slot_2"),
        new Cell("apply_delay_ms", INTEGER, "0"),
        new Cell("restores", BOOLEAN, "f"),
        new Cell("system_identifier", TEXT, "7000000000000000001"),
        new Cell("checkpoint_timeline", INTEGER, "1"),
        new Cell("recovery_timeline", INTEGER, "0"),
        new Cell("last_archived", TEXT, "1700000000.1"),
        new Cell("last_archived_wal", TEXT, "000000010000000000000002"),
        new Cell("last_failed", TEXT, null),
        new Cell("activity", TEXTS, "{{NULL,0,NULL}}"),
        new Cell(
            "wal_receiver",
            TEXTS,
            "{{12,streaming,\"host=127.0.0.2 port=5433\",127.0.0.2,5433,slot_2,1,0/2000060,0/2000060,"
                + "1700000001.5,0.25,1700000099.5}}"),
        new Cell(
            "wal_senders",
            TEXTS,
            "{{77,replicator,pg-test-2,NULL,127.0.0.3,40000,1700000002.5,streaming,async,0/3000060,"
                + "0/3000060,0/3000060,0/3000060,1700000099.9,1}}"),
        new Cell(
            "slots",
            TEXTS,
            "{{slot_2,NULL,NULL,NULL,false,77,0/3000000,reserved,1000000,NULL,NULL,false,false,1}}"));
  }

  private static List<Cell> survey() {
    return List.of(
        new Cell("read_at", TEXT, "1700000100.5"),
        new Cell("login", TEXT, "dbuser_monitor"),
        new Cell("settings", TEXTS, "{{max_connections,100},{wal_segment_size,16777216}}"),
        new Cell("databases", TEXTS, "{{postgres,postgres,UTF8,C,C,false,true,-1}}"),
        new Cell("roles", TEXTS, "{{postgres,true,true,true,true,true,true,true,-1,1900000000}}"),
        new Cell("memberships", TEXTS, "{{pg_monitor,pg_read_all_stats}}"),
        new Cell("subscriptions", TEXTS, "{{0}}"),
        new Cell("may_list_wal", BOOLEAN, "t"));
  }
}
