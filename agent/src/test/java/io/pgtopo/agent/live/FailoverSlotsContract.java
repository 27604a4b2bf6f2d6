package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Failover slots on real servers: PostgreSQL 17 and newer. */
abstract class FailoverSlotsContract extends RealServers {
  private static final String UNSYNCED = "failover_slot_unsynced pg-test-2";
  private static final String MISSING = "standby_slot_missing pg-test-1";

  FailoverSlotsContract(int major) {
    super(major);
  }

  @Test
  void a_failover_slot_is_missing_until_the_standby_meets_all_conditions() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("wal_level", "logical"))
            .replica(2, two -> two.slot().set("wal_level", "logical"))
            .start();
    var primary = cluster.instance(1);
    var standby = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      primary.execute("SELECT pg_create_logical_replication_slot('audit', 'test_decoding')");
      watch.untilDriftsAre();

      primary.execute(
          "SELECT pg_create_logical_replication_slot('orders', 'test_decoding', false, false, true)");

      var snapshot = watch.untilDriftsAre(UNSYNCED);
      assertThat(watch.sentence(snapshot, UNSYNCED))
          .contains(
              "failover slots orders; pg-test-2 has no copy",
              "sync_replication_slots is off",
              "primary_conninfo names no dbname");

      var conninfo = standby.value("SELECT current_setting('primary_conninfo')").orElseThrow();
      standby.set("hot_standby_feedback", "on");
      standby.set("primary_conninfo", conninfo + " dbname=postgres");
      standby.set("sync_replication_slots", "on");
      standby.reload();

      watch.untilDriftsAre();

      primary.set("synchronized_standby_slots", "pg_test_2");
      primary.reload();
      watch.untilDriftsAre();
      primary.execute("SELECT pg_create_physical_replication_slot('pg_test_9')");
      primary.set("synchronized_standby_slots", "pg_test_2, pg_test_9");
      primary.reload();
      primary.execute("SELECT pg_drop_replication_slot('pg_test_9')");

      snapshot = watch.untilDriftsAre(MISSING);
      assertThat(watch.sentence(snapshot, MISSING))
          .contains("synchronized_standby_slots names pg_test_9");

      primary.set("synchronized_standby_slots", "pg_test_2");
      primary.reload();
      watch.untilDriftsAre();
    }
  }
}
