package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.judge.Cause;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.lab.LabInstance;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two that accept writes, and what the second one is: a zombie, diverged, or a twin. */
abstract class SplitBrainContract extends RealServers {
  private static final String SPLIT_BRAIN = "multiple_primaries pg-test";

  SplitBrainContract(int major) {
    super(major);
  }

  /** The checkpoint that would bring pg_control up to date is held back. */
  @Test
  void right_after_a_promotion_the_timeline_is_the_new_one_though_the_control_file_lags() {
    var cluster = four();
    var promoted = cluster.instance(2);
    var checkpointer =
        Long.parseLong(
            promoted
                .value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
                .orElseThrow());
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      signal("STOP", checkpointer);

      promoted.promote();

      var snapshot = watch.untilDriftsAre(SPLIT_BRAIN, "role_mismatch pg-test-2");
      assertThat(promoted.value("SELECT timeline_id FROM pg_control_checkpoint()")).contains("1");
      var live = snapshot.topology().at(Polls.endpoint(promoted)).orElseThrow();
      assertThat(live.role()).isEqualTo(LiveRole.PRIMARY);
      assertThat(live.facts().timeline()).isEqualTo(new Timeline(2, Timeline.Source.WAL));
      assertThat(live.facts().state())
          .isInstanceOfSatisfying(
              ServerState.InProduction.class,
              state ->
                  assertThat(state.promotedAt().orElseThrow()).hasToString(switchPoint(promoted)));
      assertThat(watch.sentence(snapshot, "role_mismatch pg-test-2"))
          .endsWith(" on timeline 2, promoted at " + switchPoint(promoted) + " since its start");

      signal("CONT", checkpointer);
    }
  }

  /** Where timeline 2 began, by the server's own history. */
  private static String switchPoint(LabInstance promoted) {
    return promoted
        .value("SELECT split_part(pg_read_file('pg_wal/00000002.history'), E'\\t', 2)")
        .orElseThrow();
  }

  @Test
  void an_old_primary_that_comes_back_is_a_zombie_until_it_writes_and_has_diverged_then()
      throws SQLException {
    var cluster = four();
    var old = cluster.instance(1);
    old.set("track_commit_timestamp", "on");
    old.restart();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      old.stop();
      cluster.instance(2).promote();
      old.start();

      var zombie = watch.untilDriftsAre(SPLIT_BRAIN, "role_mismatch pg-test-2");

      assertThat(watch.sentence(zombie, SPLIT_BRAIN))
          .contains("2 primaries: pg-test-1, pg-test-2")
          .contains(
              "zombie: pg-test-1 wrote nothing past the point where timeline 2 of pg-test-2"
                  + " began; standbys streaming: ");

      write(old, 1_000);

      try (var client = DriverManager.getConnection(old.jdbcUrl())) {
        var diverged =
            watch.until(
                "diverged",
                seen -> watch.sentence(seen, SPLIT_BRAIN).contains("diverged: pg-test-1 wrote"));
        assertThat(watch.sentence(diverged, SPLIT_BRAIN))
            .containsPattern(
                "wrote \\d{4,} bytes past the point where timeline 2 of pg-test-2 began");
        assertThat(watch.advice(diverged, SPLIT_BRAIN))
            .containsPattern("pg-test-1 \\(.+?\\) wrote \\d{4,} bytes that pg-test-2 has not")
            .containsPattern("pg-test-2 \\(.+?\\) wrote \\d+ bytes since its promotion")
            .contains("1 client session, last commit 20", "no client session")
            .contains("last commit unknown (track_commit_timestamp is off)")
            .contains("(Patroni: patronictl pause)");
        assertThat(client.isValid(1)).isTrue();
      }
      assertThat(watch.alarms()).containsExactly(SPLIT_BRAIN);
    }
  }

  @Test
  void two_replicas_that_are_promoted_apart_are_twins_on_the_same_timeline() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      cluster.awaitReplay();
      cluster.instance(1).kill();
      cluster.instance(2).promote();
      cluster.instance(3).promote();

      var snapshot =
          watch.untilDriftsAre(
              SPLIT_BRAIN,
              "instance_unreachable pg-test-1",
              "role_mismatch pg-test-2",
              "role_mismatch pg-test-3");

      assertThat(watch.sentence(snapshot, SPLIT_BRAIN))
          .contains("2 primaries: pg-test-2, pg-test-3", "on timeline 2, promoted at")
          .contains("twins: pg-test-3 and pg-test-2 are on the same timeline; standbys streaming");
      assertThat(watch.alarms()).containsExactly(SPLIT_BRAIN);
    }
  }

  @Test
  void a_copy_that_is_started_without_standby_signal_is_a_twin_and_not_the_same_server() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).startUnpromoted();

      var snapshot = watch.untilDriftsAre(SPLIT_BRAIN, "role_mismatch pg-test-2");
      assertThat(watch.sentence(snapshot, SPLIT_BRAIN))
          .contains("twins: pg-test-2 and pg-test-1 are on the same timeline; standbys streaming");
      assertThat(watch.sentence(snapshot, "role_mismatch pg-test-2"))
          .contains("declared replica, live primary")
          .endsWith("on timeline 1");
      assertThat(watch.links(snapshot)).containsExactly("pg-test-1 -> pg-test-3 both_ends");
      assertThat(watch.alarms()).containsExactly(SPLIT_BRAIN);
    }
  }

  @Test
  void a_switchover_rings_no_alarm_at_any_moment() {
    var cluster = four();
    var old = cluster.instance(1);
    var next = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      old.stop();
      watch.cycle();
      next.promote();
      watch.cycle();
      cluster.instance(3).follow(next);
      watch.cycle();
      old.demote(next);

      watch.untilDriftsAre("role_swapped pg-test");
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** The promotion ends the pause, and replays what had arrived. */
  @Test
  void a_replica_that_is_promoted_while_its_replay_is_paused_is_a_second_primary() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var promoted = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      promoted.pauseReplay();
      watch.twoPollsAfter(isPaused(promoted), "replay_paused pg-test-2");
      write(cluster.instance(1), 1_000);

      promoted.promote();

      watch.twoPollsAfter(() -> true, SPLIT_BRAIN, "role_mismatch pg-test-2");
      promoted.rejoin(cluster.instance(1));
      watch.twoPollsAfter(streams(promoted, cluster.instance(1)));
      assertThat(watch.alarms()).containsExactly(SPLIT_BRAIN);
    }
  }

  @Test
  void what_an_old_primary_and_its_replica_have_past_the_fork_is_told_until_they_are_rewound() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var old = cluster.instance(1);
    var behind = cluster.instance(3);
    var next = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      next.promote();
      write(old, 1_000);
      untilReplayed(behind, old);
      watch.until(
          "a split brain",
          seen ->
              Watch.drifts(seen).contains(SPLIT_BRAIN)
                  && watch.sentence(seen, SPLIT_BRAIN).contains("diverged: pg-test-1 wrote"));

      old.stop();
      var snapshot =
          watch.twoPollsAfter(
              hasNoWalReceiver(behind),
              "instance_unreachable pg-test-1",
              "no_standby pg-test",
              "replica_detached pg-test-3",
              "role_mismatch pg-test-2",
              "timeline_fork pg-test-1",
              "timeline_fork pg-test-3");
      assertThat(watch.sentence(snapshot, "timeline_fork pg-test-1"))
          .contains("live forked at ", " last reported: in production at ")
          .endsWith(
              "; that is past %s, where timeline 2 of pg-test-2 began; nothing shows that it was rewound or rebuilt since"
                  .formatted(switchPoint(next)));
      assertThat(snapshot.judgement().verdicts().getFirst().causes())
          .extracting(Cause::code)
          .doesNotContain(Cause.Code.INTERMEDIATE_DEAD);
      behind.stop();
      watch.twoPollsAfter(
          () -> true,
          "it stays told of one that is silent",
          seen ->
              Watch.drifts(seen)
                  .containsAll(
                      List.of(
                          "instance_unreachable pg-test-3",
                          "timeline_fork pg-test-1",
                          "timeline_fork pg-test-3")));

      behind.rejoin(next);
      watch.twoPollsAfter(
          streams(behind, next),
          "instance_unreachable pg-test-1",
          "role_mismatch pg-test-2",
          "timeline_fork pg-test-1");
      old.rejoin(next);
      watch.twoPollsAfter(streams(old, next), "role_swapped pg-test");
      assertThat(watch.alarms())
          .containsExactly(SPLIT_BRAIN, "timeline_fork pg-test-1", "timeline_fork pg-test-3");
    }
  }
}
