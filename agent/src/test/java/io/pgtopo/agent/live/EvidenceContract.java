package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.LabInstance;
import java.util.function.BooleanSupplier;
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

      var found = watch.toldTwoPollsAfter(isAhead(replica, primary), DIVERGED);
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

  /** Whether a server that is no primary any more has replayed what its primary has not written. */
  private static BooleanSupplier isAhead(LabInstance replica, LabInstance primary) {
    return () ->
        isTrue(
            replica,
            "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() > '%s'"
                .formatted(primary.value("SELECT pg_current_wal_lsn()").orElseThrow()));
  }

  /** It is ahead of the primary, and of the standby that it follows. */
  @Test
  void a_replica_below_a_replica_has_diverged_until_it_is_rebuilt() {
    var cluster = four();
    var primary = cluster.instance(1);
    var below = cluster.instance(4);
    var diverged = "diverged pg-test-4";
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      below.startUnpromoted();
      write(below, 300_000);
      below.demote(cluster.instance(2));

      watch.toldTwoPollsAfter(isAhead(below, primary), diverged);
      writePast(primary, below);
      for (var cycle = 0; cycle < 5; cycle++) {
        assertThat(Watch.drifts(watch.cycle())).contains(diverged);
      }

      below.rejoin(cluster.instance(2));
      watch.twoPollsAfter(streams(below, cluster.instance(2)));
      assertThat(watch.alarms()).containsExactly(diverged);
    }
  }

  @Test
  void a_replica_that_was_promoted_and_is_rebuilt_under_its_name_is_a_replica_again() {
    var cluster = four();
    var primary = cluster.instance(1);
    var replica = cluster.instance(3);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      replica.promote();
      write(replica, 1_000);

      watch.twoPollsAfter(() -> true, "multiple_primaries pg-test", "role_mismatch pg-test-3");

      replica.rejoin(primary);
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.links(watch.cycle())).contains("pg-test-1 -> pg-test-3 both_ends");
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

      var connected = watch.twoPollsAfter(connectsAgain(cluster.instance(2), primary, old));
      assertThat(connected.topology().instances().values())
          .anyMatch(server -> server.facts().replication().walSenders().size() == 2);
      assertThat(watch.links(connected)).containsExactly("pg-test-1 -> pg-test-2 both_ends");

      signal("CONT", old);
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static BooleanSupplier connectsAgain(LabInstance replica, LabInstance primary, long old) {
    return () ->
        isTrue(
                primary,
                "SELECT count(*) = 2 AND bool_or(pid <> %d AND state = 'streaming') FROM pg_stat_replication"
                    .formatted(old))
            && isTrue(replica, "SELECT status = 'streaming' FROM pg_stat_wal_receiver");
  }

  /** The slot is active for the process that is frozen, whose client has gone. */
  @Test
  void an_old_walsender_that_holds_the_slot_of_a_replica_is_what_prevents_it() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2, two -> two.slot().set("wal_receiver_timeout", "1s"))
            .start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var old = walSender(primary);
      signal("STOP", old);

      var found =
          watch.toldTwoPollsAfter(
              () -> isTrue(replica, "SELECT count(*) = 0 FROM pg_stat_wal_receiver"),
              "replica_detached pg-test-2");
      assertThat(watch.sentence(found, "replica_detached pg-test-2"))
          .contains("slot pg_test_2")
          .contains("held by its own earlier connection (walsender %d)".formatted(old));
      assertThat(Watch.drifts(found)).noneMatch(it -> it.startsWith("undeclared"));

      signal("CONT", old);
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static long walSender(LabInstance primary) {
    return Long.parseLong(primary.value("SELECT pid FROM pg_stat_replication").orElseThrow());
  }
}
