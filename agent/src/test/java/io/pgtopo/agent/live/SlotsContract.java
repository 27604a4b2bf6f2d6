package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.LabInstance;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Logical slots, whose clients are no instances of the cluster. */
abstract class SlotsContract extends RealServers {
  private static final int FIRST_THAT_DECODES_ON_A_STANDBY = 16;
  private static final String LOST = "slot_lost pg-test-2 slot reports";

  SlotsContract(int major) {
    super(major);
  }

  @Test
  void wal_that_is_kept_for_a_subscriber_is_said_to_be_the_subscribers() {
    var primary =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("wal_level", "logical").set("max_wal_size", "2MB"))
            .start()
            .instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      primary.execute("SELECT pg_create_logical_replication_slot('orders', 'test_decoding')");
      watch.untilDriftsAre();

      for (var segment = 0; segment < 20; segment++) {
        write(primary, 1_000);
        switchSegment(primary);
      }
      primary.execute("CHECKPOINT");

      var snapshot =
          watch.twoPollsAfter(
              () -> isTrue(primary, "SELECT wal_status = 'extended' FROM pg_replication_slots"),
              "slot_retains_wal pg-test-1 slot orders");
      assertThat(watch.sentence(snapshot, "slot_retains_wal pg-test-1 slot orders"))
          .contains(
              "declared used by a subscriber of database postgres (plugin test_decoding)",
              "has wal_status extended");

      primary.execute("SELECT pg_drop_replication_slot('orders')");

      watch.twoPollsAfter(() -> true);
    }
  }

  /** A standby decodes for itself since 16. An idle physical slot of it is nobody's fault. */
  @Test
  void a_slot_of_a_standby_whose_rows_were_removed_is_lost() throws Exception {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("wal_level", "logical"))
            .replica(2, two -> two.set("wal_level", "logical").set("hot_standby_feedback", "off"))
            .start();
    var primary = cluster.instance(1);
    var standby = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      standby.execute("SELECT pg_create_physical_replication_slot('pg_test_3', true)");
      watch.untilDriftsAre();
      if (major < FIRST_THAT_DECODES_ON_A_STANDBY) {
        return;
      }
      createSlot(standby, primary);
      watch.untilDriftsAre();

      primary.execute("CREATE TABLE removed (a int)");
      primary.execute("DROP TABLE removed");
      primary.execute("VACUUM pg_class");
      write(primary, 1_000);
      untilReplayed(standby, primary);

      var snapshot =
          watch.twoPollsAfter(
              () ->
                  isTrue(
                      standby,
                      "SELECT wal_status = 'lost' OR conflicting FROM pg_replication_slots"
                          + " WHERE slot_name = 'reports'"),
              LOST);
      assertThat(watch.sentence(snapshot, LOST))
          .contains(
              "slot reports is invalidated: ", "; it is for a subscriber of database postgres");

      standby.execute("SELECT pg_drop_replication_slot('reports')");

      watch.twoPollsAfter(() -> true);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** It waits for the running transactions of the primary. */
  private static void createSlot(LabInstance standby, LabInstance primary) throws Exception {
    var created =
        CompletableFuture.runAsync(
            () ->
                standby.execute(
                    "SELECT pg_create_logical_replication_slot('reports', 'pgoutput')"));
    while (!created.isDone()) {
      primary.execute("SELECT pg_log_standby_snapshot()");
    }
    created.get();
  }
}
