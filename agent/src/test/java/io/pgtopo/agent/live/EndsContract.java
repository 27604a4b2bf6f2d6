package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Facts that end, and facts that do not: each drift lives as long as what it says. */
abstract class EndsContract extends RealServers {
  private static final String NO_PRIMARY = "no_primary pg-test";
  private static final String UNREACHABLE = "instance_unreachable pg-test-2";
  private static final String DETACHED = "replica_detached pg-test-2";
  private static final String SWAPPED = "role_swapped pg-test";

  EndsContract(int major) {
    super(major);
  }

  @Test
  void a_replica_that_is_paused_or_stopped_leaves_a_switchover_the_one_difference_that_it_is() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      switchOver(cluster.instance(1), cluster.instance(2));
      cluster.instance(3).follow(cluster.instance(2));
      watch.untilDriftsAre(SWAPPED);

      cluster.instance(3).pauseReplay();
      watch.untilDriftsAre(SWAPPED, "replay_paused pg-test-3");
      cluster.instance(3).stop();
      watch.until(
          "pg-test-3 is silent",
          snapshot ->
              Watch.drifts(snapshot)
                  .equals(
                      List.of(
                          "instance_unreachable pg-test-3", "replay_paused pg-test-3", SWAPPED)));

      cluster.instance(3).start();
      watch.twoPollsAfter(streams(cluster.instance(3), cluster.instance(2)), SWAPPED);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static void switchOver(LabInstance primary, LabInstance replica) {
    primary.stop();
    replica.promote();
    primary.demote(replica);
    primary.awaitStreaming();
  }

  @Test
  void a_switchover_within_a_standby_cluster_is_one_difference_until_it_is_turned_round() {
    var source = lab.cluster("pg-main").primary(1).start().instance(1);
    var cluster = lab.cluster("pg-test").standbyOf(source).primary(1).replica(2).replica(3).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).follow(source);
      cluster.instance(1).follow(cluster.instance(2));
      cluster.instance(3).follow(cluster.instance(2));

      var snapshot = watch.untilDriftsAre(SWAPPED);
      assertThat(watch.sentence(snapshot, SWAPPED))
          .contains(
              "declared pg-test-1 is the leader of the standby cluster,"
                  + " live pg-test-2 is the leader of the standby cluster");

      cluster.instance(1).follow(source);
      cluster.instance(2).follow(cluster.instance(1));
      cluster.instance(3).follow(cluster.instance(1));
      var first = streams(cluster.instance(1), source);
      var second = streams(cluster.instance(2), cluster.instance(1));
      var third = streams(cluster.instance(3), cluster.instance(1));
      watch.twoPollsAfter(
          () -> first.getAsBoolean() && second.getAsBoolean() && third.getAsBoolean());
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_member_that_follows_another_cluster_switches_no_timeline_of_its_own() {
    var main = lab.cluster("pg-main").primary(1).replica(2).start();
    var other = lab.cluster("pg-test").standbyOf(main.instance(1)).primary(1).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      other.instance(1).promote();
      watch.untilDriftsAre("role_mismatch pg-test-1");

      main.instance(2).follow(other.instance(1));

      var snapshot =
          watch.until(
              "pg-main-2 is on timeline 2",
              seen ->
                  watch.links(seen).contains("pg-test-1 -> pg-main-2 both_ends")
                      && Watch.drifts(seen).contains("upstream_mismatch pg-main-2"));
      assertThat(subjects(snapshot, Change.Kind.TIMELINE_SWITCHED)).containsExactly("pg-test");
    }
  }

  @Test
  void addresses_that_are_exchanged_in_the_inventory_change_nobodys_upstream() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var one = cluster.instance(1).host() + ":";
    var two = cluster.instance(2).host() + ":";
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      watch.reload(lab.inventory().replace(one, "<one>").replace(two, one).replace("<one>", two));

      var snapshot = watch.untilDriftsAre(SWAPPED);
      assertThat(subjects(snapshot, Change.Kind.UPSTREAM_CHANGED)).isEmpty();
    }
  }

  /** The default hold is 15 s, the grace after a restart 30 s. */
  @Test
  void no_primary_at_all_fires_without_the_grace_and_ends_with_the_promotion() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    try (var watch = Watch.byDefault(lab.inventory())) {
      watch.untilDriftsAre();
      cluster.instance(1).demote(cluster.instance(2));
      var began = watch.until("no primary", snapshot -> isOpen(snapshot, NO_PRIMARY)).window().to();

      var fired =
          watch.until(
              "it fires",
              snapshot ->
                  snapshot.drifts().stream()
                      .anyMatch(
                          open ->
                              Watch.name(open.drift()).equals(NO_PRIMARY)
                                  && open.state() == TrackedDrift.State.FIRING));
      assertThat(Duration.between(began, fired.window().to())).isLessThan(Duration.ofSeconds(45));

      cluster.instance(2).promote();
      watch.until("a primary", snapshot -> !isOpen(snapshot, NO_PRIMARY));
    }
  }

  @Test
  void a_replica_that_was_stopped_three_times_flaps_and_is_not_unreachable_while_it_answers() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      for (var time = 0; time < 3; time++) {
        replica.stop();
        watch.until("it is silent", snapshot -> isOpen(snapshot, UNREACHABLE));
        replica.start();
        watch.until("it answers", seen -> !Watch.drifts(seen).contains(UNREACHABLE));
      }
      watch.twoPollsAfter(streams(replica, cluster.instance(1)), "restart_loop pg-test-2");

      var snapshot = watch.cycle();
      assertThat(snapshot.drifts())
          .filteredOn(open -> Watch.name(open.drift()).equals(UNREACHABLE))
          .extracting(TrackedDrift::state)
          .containsExactly(TrackedDrift.State.FLAPPING);

      replica.stop();
      var silent = watch.until("silent", seen -> isOpen(seen, UNREACHABLE));
      assertThat(silent.drifts())
          .filteredOn(open -> Watch.name(open.drift()).equals(UNREACHABLE))
          .extracting(TrackedDrift::state)
          .containsExactly(TrackedDrift.State.FIRING);
    }
  }

  /** A walsender that is stopped holds its slot, as one does whose connection was cut. */
  @Test
  void a_slot_that_an_earlier_connection_holds_is_named_until_that_ends() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2, two -> two.slot().set("wal_receiver_timeout", "1s"))
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var old = Long.parseLong(primary.value("SELECT pid FROM pg_stat_replication").orElseThrow());
      signal("STOP", old);

      var held = "held by its own earlier connection (walsender %d)".formatted(old);
      watch.until(
          held,
          snapshot ->
              isOpen(snapshot, DETACHED) && watch.sentence(snapshot, DETACHED).contains(held));
      for (var cycle = 0; cycle < 5; cycle++) {
        assertThat(Watch.drifts(watch.cycle())).noneMatch(it -> it.startsWith("undeclared"));
      }

      signal("KILL", old);
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static boolean isOpen(Snapshot snapshot, String drift) {
    return Watch.drifts(snapshot).contains(drift);
  }

  private static List<String> subjects(Snapshot snapshot, Change.Kind kind) {
    return snapshot.changes().stream()
        .filter(change -> change.kind() == kind)
        .map(change -> change.subject().orElseThrow().toString())
        .toList();
  }
}
