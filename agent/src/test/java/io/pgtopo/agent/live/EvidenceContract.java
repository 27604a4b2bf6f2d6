package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.lab.LabInstance;
import org.junit.jupiter.api.Test;

/** Servers whose states and rows say that all is well, or that all is wrong, while it is not. */
abstract class EvidenceContract extends RealServers {
  private static final String DIVERGED = "diverged pg-test-2";

  EvidenceContract(int major) {
    super(major);
  }

  @Test
  void a_replica_ahead_within_a_wal_segment_has_diverged_until_it_is_rebuilt() {
    diverge(300_000);
  }

  @Test
  void a_replica_ahead_by_more_than_a_wal_segment_has_diverged_until_it_is_rebuilt() {
    diverge(1_300_000);
  }

  @Test
  void a_replica_ahead_by_several_wal_segments_has_diverged_until_it_is_rebuilt() {
    diverge(3_300_000);
  }

  private void diverge(int bytes) {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      replica.startUnpromoted();
      write(replica, bytes);
      replica.demote(primary);

      var found = watch.until("diverged", snapshot -> Watch.drifts(snapshot).contains(DIVERGED));
      assertThat(watch.sentence(found, DIVERGED)).contains("declared a copy of pg-test-1");

      writePast(primary, replica);
      watch.until("no walreceiver", snapshot -> Watch.drifts(snapshot).size() > 1);
      for (var cycle = 0; cycle < 5; cycle++) {
        assertThat(Watch.drifts(watch.cycle())).contains(DIVERGED);
      }

      replica.rejoin(primary);
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.alarms()).containsExactly(DIVERGED);
    }
  }

  private static void writePast(LabInstance primary, LabInstance replica) {
    var own = replica.value("SELECT pg_last_wal_replay_lsn()").orElseThrow();
    do {
      write(primary, 500_000);
    } while (!primary
        .value("SELECT pg_current_wal_lsn() > '" + own + "'::pg_lsn")
        .orElseThrow()
        .equals("t"));
  }

  /** The primary keeps the walsender of a connection that was cut until wal_sender_timeout. */
  @Test
  void an_old_walsender_of_a_replica_that_connected_again_is_no_undeclared_server() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2, two -> two.set("wal_receiver_timeout", "1s"))
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var old = walSender(primary);
      signal("STOP", old);

      watch.until("a second walsender", snapshot -> walSenders(snapshot) == 2);
      var connected = watch.untilDriftsAre();

      assertThat(watch.links(connected)).containsExactly("pg-test-1 -> pg-test-2 both_ends");
      signal("KILL", old);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static long walSender(LabInstance primary) {
    return Long.parseLong(primary.value("SELECT pid FROM pg_stat_replication").orElseThrow());
  }

  private static long walSenders(Snapshot snapshot) {
    return snapshot.topology().instances().values().stream()
        .mapToLong(instance -> instance.facts().replication().walSenders().size())
        .sum();
  }
}
