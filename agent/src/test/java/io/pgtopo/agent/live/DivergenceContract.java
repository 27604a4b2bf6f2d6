package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.LabCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Standbys that stream though their data diverge. */
abstract class DivergenceContract extends RealServers {
  /** Replication starts at the begin of a segment, which both timelines must have. */
  private static final List<Integer> SAME_SEGMENT = List.of(10_000);

  private static final List<Integer> OVER_SEGMENTS = List.of(800_000, 800_000);

  DivergenceContract(int major) {
    super(major);
  }

  /**
   * Stops instances 2 and 4, makes the primary write on, lets instance 3 replay it, polls, and
   * kills the primary.
   */
  private static void leaveBehind(LabCluster cluster, List<Integer> writtenBytes, Watch watch) {
    var primary = cluster.instance(1);
    switchSegment(primary);
    write(primary, 100);
    for (var seq = 2; seq <= 4; seq++) {
      untilReplayed(cluster.instance(seq), primary);
    }
    cluster.instance(2).stop();
    cluster.instance(4).stop();
    writtenBytes.forEach(bytes -> write(primary, bytes));
    untilReplayed(cluster.instance(3), primary);
    watch.cycle();
    primary.kill();
  }

  @Test
  void a_standby_that_replayed_past_the_switch_of_its_new_upstream_is_a_fork() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).replica(4).start();
    var behind = cluster.instance(2);
    var ahead = cluster.instance(3);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      leaveBehind(cluster, SAME_SEGMENT, watch);
      behind.start();
      behind.promote();
      var forkedAt = behind.value("SELECT pg_last_wal_replay_lsn()").orElseThrow();
      cluster.instance(4).follow(behind);
      cluster.instance(4).start();

      ahead.follow(behind);

      watch.untilDriftsAre(
          "timeline_fork pg-test-1",
          "timeline_fork pg-test-3",
          "instance_unreachable pg-test-1",
          "role_mismatch pg-test-2");
      var snapshot =
          watch.until(
              "its walreceiver waits",
              seen -> watch.sentence(seen, "timeline_fork pg-test-3").contains("waits at"));
      assertThat(watch.sentence(snapshot, "timeline_fork pg-test-3"))
          .contains("declared a copy of pg-test-2, live forked at " + forkedAt)
          .containsPattern("pg-test-3 \\S+ reports: in recovery at \\S+ on timeline 1")
          .containsPattern("pg-test-2 \\S+ reports: in production at \\S+ on timeline 2")
          .contains("its walreceiver waits at " + forkedAt);
      assertThat(watch.links(snapshot)).contains("pg-test-2 -> pg-test-4 both_ends");
      assertThat(watch.alarms())
          .containsExactly("timeline_fork pg-test-1", "timeline_fork pg-test-3");
    }
  }

  /** Its upstream has not even the begin of the segment, and refuses. */
  @Test
  void a_fork_by_more_than_a_segment_is_no_link() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).replica(4).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      leaveBehind(cluster, OVER_SEGMENTS, watch);
      cluster.instance(2).start();
      cluster.instance(2).promote();
      cluster.instance(4).follow(cluster.instance(2));
      cluster.instance(4).start();

      cluster.instance(3).follow(cluster.instance(2));

      var snapshot =
          watch.untilDriftsAre(
              "timeline_fork pg-test-1",
              "timeline_fork pg-test-3",
              "replica_detached pg-test-3",
              "instance_unreachable pg-test-1",
              "role_mismatch pg-test-2");
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-3"))
          .contains("on timeline 1, without a walreceiver; pg-test-2 (");
      assertThat(watch.links(snapshot)).containsExactly("pg-test-2 -> pg-test-4 both_ends");
      assertThat(watch.alarms())
          .containsExactly("timeline_fork pg-test-1", "timeline_fork pg-test-3");
    }
  }

  @Test
  void a_standby_that_only_waits_for_the_next_timeline_is_no_fork() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      cluster.awaitReplay();
      cluster.instance(1).kill();
      cluster.instance(2).promote();

      cluster.instance(3).follow(cluster.instance(2));

      // What the killed primary had written last may be with nobody else.
      var own = "timeline_fork pg-test-1";
      watch.until(
          "the replica follows",
          seen ->
              Watch.drifts(seen).stream()
                  .filter(drift -> !drift.equals(own))
                  .toList()
                  .equals(List.of("instance_unreachable pg-test-1", "role_mismatch pg-test-2")));
      assertThat(watch.alarms()).isSubsetOf(own);
    }
  }

  /** All that PostgreSQL shows of it is that positions do not fit. */
  @Test
  void a_standby_that_streams_from_an_older_copy_of_its_primary_has_diverged() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).replica(4).start();
    var restored = cluster.instance(2);
    var ahead = cluster.instance(3);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      leaveBehind(cluster, SAME_SEGMENT, watch);
      restored.startUnpromoted();
      cluster.instance(4).follow(restored);
      cluster.instance(4).start();

      ahead.follow(restored);

      var snapshot =
          watch.untilDriftsAre(
              "diverged pg-test-3", "instance_unreachable pg-test-1", "role_mismatch pg-test-2");
      assertThat(watch.sentence(snapshot, "diverged pg-test-3"))
          .containsPattern("declared a copy of pg-test-2, live \\d{4,} bytes ahead of it")
          .containsPattern(
              "its walreceiver and the walsender of pg-test-2 \\S+ both report it: it has \\d{4,} bytes"
                  + " that were never sent");
      assertThat(watch.links(snapshot))
          .containsExactly("pg-test-2 -> pg-test-3 both_ends", "pg-test-2 -> pg-test-4 both_ends");
      assertThat(watch.alarms()).containsExactly("diverged pg-test-3");
    }
  }

  @Test
  void standbys_that_follow_each_other_are_a_loop_and_orphan_those_below() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).follow(cluster.instance(3));
      cluster.instance(3).follow(cluster.instance(2));

      var snapshot =
          watch.untilDriftsAre(
              "replication_loop pg-test-2",
              "no_standby pg-test",
              "orphaned_replica pg-test-4",
              "upstream_mismatch pg-test-2",
              "upstream_mismatch pg-test-3");
      assertThat(watch.sentence(snapshot, "replication_loop pg-test-2"))
          .contains("live a loop: pg-test-2, pg-test-3")
          .containsPattern("walsender \\d+ of pg-test-3, walreceiver \\d+ of pg-test-2")
          .containsPattern("walsender \\d+ of pg-test-2, walreceiver \\d+ of pg-test-3");
      assertThat(watch.alarms()).containsExactly("replication_loop pg-test-2");
    }
  }

  @Test
  void a_standby_that_follows_itself_is_a_loop_and_no_undeclared_server() {
    var cluster = four();
    var standby = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      standby.follow(standby);

      var snapshot =
          watch.toldTwoPollsAfter(
              () ->
                  isTrue(
                      standby,
                      "SELECT count(*) = 2 AND bool_and(state = 'streaming') FROM pg_stat_replication"),
              "replication_loop pg-test-2",
              "orphaned_replica pg-test-4",
              "upstream_mismatch pg-test-2");
      assertThat(watch.sentence(snapshot, "replication_loop pg-test-2"))
          .contains("live a loop: pg-test-2");
      assertThat(watch.links(snapshot)).contains("pg-test-2 -> pg-test-2 both_ends");

      standby.follow(cluster.instance(1));
      watch.twoPollsAfter(streams(standby, cluster.instance(1)));
      assertThat(watch.alarms()).containsExactly("replication_loop pg-test-2");
    }
  }
}
