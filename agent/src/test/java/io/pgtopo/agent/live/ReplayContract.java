package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Standbys that do not replay as they should, or rightly do not. */
abstract class ReplayContract extends RealServers {
  private static final int FIRST_THAT_PAUSES_ITSELF = 14;

  private static final String PAUSED = "replay_paused pg-test-2";

  ReplayContract(int major) {
    super(major);
  }

  @Test
  void paused_replay_is_reported_until_it_resumes() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).pauseReplay();

      var snapshot = watch.twoPollsAfter(isPaused(cluster.instance(2)), "replay_paused pg-test-2");
      assertThat(watch.sentence(snapshot, "replay_paused pg-test-2"))
          .contains("declared replaying, live replay paused")
          .endsWith("on timeline 1, and replay is paused");
      assertThat(watch.links(snapshot)).contains("pg-test-1 -> pg-test-2 both_ends");

      cluster.instance(2).resumeReplay();

      watch.twoPollsAfter(streams(cluster.instance(2), cluster.instance(1)));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** To resume it is to promote it. */
  @Test
  void a_standby_that_stopped_at_its_recovery_target_is_not_to_be_resumed() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var standby = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      standby.set("recovery_target_name", "here");
      standby.restart();
      cluster.instance(1).execute("SELECT pg_create_restore_point('here')");
      write(cluster.instance(1), 1_000);

      var snapshot = watch.twoPollsAfter(isPaused(standby), PAUSED);
      assertThat(watch.sentence(snapshot, PAUSED))
          .endsWith("and replay is paused; recovery_target_name is set: recovery ends there");
      assertThat(watch.advice(snapshot, PAUSED))
          .startsWith("do not resume replay of pg-test-2: recovery_target_name is set");

      standby.set("recovery_target_name", "");
      standby.restart();
      watch.twoPollsAfter(streams(standby, cluster.instance(1)));

      standby.set("recovery_target_name", "there");
      standby.restart();
      cluster.instance(1).execute("SELECT pg_create_restore_point('there')");
      watch.twoPollsAfter(isPaused(standby), PAUSED, "restart_loop pg-test-2");
      standby.resumeReplay();
      watch.twoPollsAfter(
          () -> isTrue(standby, "SELECT NOT pg_is_in_recovery()"),
          "it is a second primary",
          seen -> Watch.drifts(seen).contains("multiple_primaries pg-test"));
    }
  }

  @Test
  void the_lag_in_seconds_grows_where_replay_stands_still_and_ends_where_it_goes_on() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var primary = cluster.instance(1);
    primary.execute("CREATE TABLE work (n int)");
    try (var watch = Watch.of(lab)) {
      watch.until(
          "no lag", seen -> lag(seen, cluster.instance(2)).equals(Optional.of(Duration.ZERO)));
      cluster.instance(2).pauseReplay();

      var late =
          watch.until(
              "a lag of a second",
              seen -> {
                primary.execute("INSERT INTO work VALUES (2)");
                return lag(seen, cluster.instance(2)).orElseThrow().toSeconds() >= 1;
              });
      assertThat(lag(late, cluster.instance(3)).orElseThrow())
          .isLessThan(lag(late, cluster.instance(2)).orElseThrow());

      cluster.instance(2).resumeReplay();
      watch.until(
          "no lag any more",
          seen -> lag(seen, cluster.instance(2)).equals(Optional.of(Duration.ZERO)));
    }
  }

  private static Optional<Duration> lag(Snapshot snapshot, LabInstance standby) {
    var live = snapshot.topology();
    return live.at(Polls.endpoint(standby))
        .flatMap(live::linkTo)
        .flatMap(link -> snapshot.written().replayLag(link, live));
  }

  /** Up to 13 such a standby shuts down. */
  @Test
  void a_standby_with_fewer_connections_than_its_primary_pauses_by_itself_or_is_gone() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var pauses = major >= FIRST_THAT_PAUSES_ITSELF;
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(1).set("max_connections", "200");
      cluster.instance(1).restart();

      var drift = (pauses ? "replay_paused " : "instance_unreachable ") + "pg-test-2";
      var words = pauses ? "and replay is paused" : "declared replica, live no answer: refused";
      // Of one that is gone, what its last polls showed stays open: that it ended cannot be
      // verified.
      var others =
          pauses
              ? Set.of("parameters_too_low pg-test-2")
              : Set.of(
                  "parameters_too_low pg-test-2",
                  "replica_detached pg-test-2",
                  "no_standby pg-test");
      var snapshot =
          watch.until(
              words,
              seen ->
                  Watch.drifts(seen).contains(drift)
                      && watch.sentence(seen, drift).contains(words)
                      && (!pauses || Watch.drifts(seen).containsAll(others)));
      assertThat(Watch.drifts(snapshot)).filteredOn(it -> !it.equals(drift)).isSubsetOf(others);
      assertThat(cluster.instance(2).lastLogLines())
          .contains("hot standby is not possible because");

      cluster.instance(2).set("max_connections", "200");
      cluster.instance(2).restart();

      watch.untilDriftsAre();
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void another_delay_than_declared_is_reported_and_so_is_an_undeclared_one() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var delayed = delayed(cluster.instance(1));
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).set("recovery_min_apply_delay", "90s");
      cluster.instance(2).reload();
      delayed.instance(1).set("recovery_min_apply_delay", "0");
      delayed.instance(1).reload();

      var snapshot = watch.untilDriftsAre("delay_mismatch pg-test-2", "delay_mismatch pg-delay-1");
      assertThat(watch.sentence(snapshot, "delay_mismatch pg-test-2"))
          .contains("declared no delay, live a delay of 90 s")
          .endsWith("reports: recovery_min_apply_delay is 90 s");
      assertThat(watch.sentence(snapshot, "delay_mismatch pg-delay-1"))
          .contains("declared a delay of 3600 s, live no delay");
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /**
   * It replays, later, what it has before it asks for more: for an hour it has no walreceiver, and
   * its startup process says why.
   */
  @Test
  void a_delayed_replica_that_was_restarted_is_not_called_detached_nor_its_cascade_orphaned() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    var delayed = delayed(primary);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      write(primary, 1_000);
      untilReceived(delayed.instance(1), primary);

      delayed.instance(1).restart();
      delayed.instance(2).awaitStreaming();

      var snapshot =
          watch.until(
              "only the link of the cascade is left",
              seen -> watch.links(seen).equals(List.of("pg-delay-1 -> pg-delay-2 both_ends")));
      assertThat(Watch.drifts(snapshot)).isEmpty();
      assertThat(watch.alarms()).isEmpty();
    }
  }
}
