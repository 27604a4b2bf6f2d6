package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A server with more rows than are read of it. */
class ManyRowsIT extends RealServers {
  private static final String UNVERIFIABLE = "unverifiable slot_lost pg-test-1";

  ManyRowsIT() {
    super(18);
  }

  @Test
  void what_is_cut_off_is_unverifiable_and_never_absent() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("max_replication_slots", "1100"))
            .replica(2)
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      primary.execute(
          "SELECT pg_create_physical_replication_slot('s' || n) FROM generate_series(1, 1001) n");

      var snapshot =
          watch.untilDriftsAre(UNVERIFIABLE, "unverifiable failover_slot_unsynced pg-test-2");
      assertThat(watch.sentence(snapshot, UNVERIFIABLE))
          .contains("not read: the server has 1001 replication slots, more than 1000");
    }
  }
}
