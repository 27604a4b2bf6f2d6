package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Facts that end, and facts that do not: each drift lives as long as what it says. */
abstract class EndsContract extends RealServers {
  private static final String NO_PRIMARY = "no_primary pg-test";
  private static final String UNREACHABLE = "instance_unreachable pg-test-2";
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
      cluster.instance(3).awaitStreaming();
      watch.twoPollsAfter(
          all(
              streams(cluster.instance(1), cluster.instance(2)),
              streams(cluster.instance(3), cluster.instance(2))),
          SWAPPED);

      cluster.instance(3).pauseReplay();
      watch.twoPollsAfter(isPaused(cluster.instance(3)), SWAPPED, "replay_paused pg-test-3");
      cluster.instance(3).stop();
      watch.twoPollsAfter(
          () -> true, "instance_unreachable pg-test-3", "replay_paused pg-test-3", SWAPPED);

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

      var snapshot =
          watch.twoPollsAfter(
              all(
                  streams(cluster.instance(2), source),
                  streams(cluster.instance(1), cluster.instance(2)),
                  streams(cluster.instance(3), cluster.instance(2))),
              SWAPPED);
      assertThat(watch.sentence(snapshot, SWAPPED))
          .contains(
              "declared pg-test-1 is the leader of the standby cluster,"
                  + " live pg-test-2 is the leader of the standby cluster");

      cluster.instance(1).follow(source);
      cluster.instance(2).follow(cluster.instance(1));
      cluster.instance(3).follow(cluster.instance(1));
      watch.twoPollsAfter(
          all(
              streams(cluster.instance(1), source),
              streams(cluster.instance(2), cluster.instance(1)),
              streams(cluster.instance(3), cluster.instance(1))));
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

      // It may have WAL past the fork.
      main.instance(2).rejoin(other.instance(1));

      var snapshot =
          watch.twoPollsAfter(
              streams(main.instance(2), other.instance(1)),
              "pg-main-2 is on timeline 2",
              seen ->
                  watch.links(seen).contains("pg-test-1 -> pg-main-2 both_ends")
                      && Watch.drifts(seen).contains("upstream_mismatch pg-main-2"));
      assertThat(subjects(snapshot, Change.Kind.TIMELINE_SWITCHED)).containsExactly("pg-test");

      main.instance(2).rejoin(main.instance(1));
      var back =
          watch.twoPollsAfter(
              streams(main.instance(2), main.instance(1)), "role_mismatch pg-test-1");
      assertThat(subjects(back, Change.Kind.TIMELINE_SWITCHED)).containsExactly("pg-test");
    }
  }

  /** The connection to the earlier server would live on. */
  @Test
  void a_name_that_moved_to_another_living_server_is_followed() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var two = cluster.instance(2);
    var name = "pg-test-2.example";
    var inventory = lab.inventory().replace(two.host() + ":", name + ":");
    MovableNames.lead(name, two.host());
    try (var watch = Watch.of(inventory, Optional.empty())) {
      watch.untilDriftsAre();
      MovableNames.lead(name, cluster.instance(3).host());

      // The server of the name's earlier address is seen by its upstream alone.
      watch.twoPollsAfter(
          isLookedUp(watch, two),
          "duplicate_instance pg-test-2",
          "unverifiable undeclared_instance 127.0.0.1 \"pg-test-2\"");
      assertThat(watch.alarms()).isEmpty();
    }
    try (var watch = Watch.of(inventory, Optional.empty())) {
      watch.toldTwoPollsAfter(() -> true, "duplicate_instance pg-test-2");
      MovableNames.lead(name, two.host());

      watch.twoPollsAfter(isLookedUp(watch, two));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** The agent looks up a name every ten seconds, and the JVM keeps an answer for five. */
  private static BooleanSupplier isLookedUp(Watch watch, LabInstance clock) {
    var then = Instant.now().plusSeconds(16);
    return () -> {
      clock.value("SELECT pg_sleep(0.6)");
      watch.cycle();
      return Instant.now().isAfter(then);
    };
  }

  /** A server shows what is no printable ASCII otherwise, and no more than 63 bytes. */
  @Test
  void replicas_with_names_that_their_upstream_shows_otherwise_are_no_strangers() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).replica(4).start();
    var primary = cluster.instance(1);
    var names = List.of("pg test 2", "gr\u00f6\u00dfe", "x".repeat(80));
    for (var replica : cluster.instances()) {
      if (replica != primary) {
        var conninfo = replica.value("SHOW primary_conninfo").orElseThrow();
        replica.set(
            "primary_conninfo",
            conninfo.replaceFirst(
                "application_name=\\S+",
                "application_name='%s'".formatted(names.get(replica.seq() - 2))));
        replica.restart();
      }
    }
    try (var watch = Watch.of(lab)) {
      var seen = watch.toldTwoPollsAfter(() -> streamTo(primary) == 3);

      assertThat(watch.links(seen))
          .containsExactlyInAnyOrder(
              "pg-test-1 -> pg-test-2 both_ends",
              "pg-test-1 -> pg-test-3 both_ends",
              "pg-test-1 -> pg-test-4 both_ends");
      assertThat(Watch.drifts(watch.cycle())).isEmpty();
    }
  }

  /** Each server is the member whose address it has, whatever name it announces. */
  @Test
  void replicas_that_exchange_their_addresses_are_as_declared() {
    var cluster = four();
    var two = cluster.instance(2);
    var three = cluster.instance(3);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      two.stop();
      three.stop();
      two.set("listen_addresses", three.host());
      three.set("listen_addresses", two.host());
      two.start();
      three.start();

      watch.twoPollsAfter(() -> streamTo(cluster.instance(1)) == 2 && streamTo(two) == 1);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static long streamTo(LabInstance upstream) {
    return upstream
        .value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
        .map(Long::parseLong)
        .orElseThrow();
  }

  @Test
  void addresses_that_are_exchanged_in_the_inventory_change_nobodys_upstream() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var one = cluster.instance(1).host() + ":";
    var two = cluster.instance(2).host() + ":";
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      watch.reload(lab.inventory().replace(one, "<one>").replace(two, one).replace("<one>", two));

      var snapshot = watch.twoPollsAfter(() -> true, SWAPPED);
      assertThat(subjects(snapshot, Change.Kind.UPSTREAM_CHANGED)).isEmpty();

      watch.reload(lab.inventory());
      snapshot = watch.twoPollsAfter(() -> true);
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
      watch.twoPollsAfter(
          () -> isTrue(cluster.instance(1), "SELECT pg_is_in_recovery()"),
          NO_PRIMARY,
          seen -> isOpen(seen, NO_PRIMARY));
      watch.skip(Duration.ofSeconds(15));
      watch.twoPollsAfter(
          () -> true,
          "it fires",
          seen -> stateOf(seen, NO_PRIMARY).equals(List.of(TrackedDrift.State.FIRING)));

      cluster.instance(2).promote();
      watch.twoPollsAfter(() -> true, "a primary", seen -> stateOf(seen, NO_PRIMARY).isEmpty());
    }
  }

  @Test
  void a_replica_that_was_stopped_three_times_flaps_and_is_not_unreachable_while_it_answers() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var replica = cluster.instance(2);
    try (var watch = Watch.byDefault(lab.inventory())) {
      watch.untilDriftsAre();
      for (var time = 0; time < 3; time++) {
        replica.stop();
        watch.twoPollsAfter(() -> true, "it is silent", seen -> isOpen(seen, UNREACHABLE));
        watch.skip(Duration.ofSeconds(60));
        watch.twoPollsAfter(
            () -> true,
            "it fires",
            seen -> stateOf(seen, UNREACHABLE).equals(List.of(TrackedDrift.State.FIRING)));
        replica.start();
        watch.twoPollsAfter(
            streams(replica, cluster.instance(1)),
            "it answers and nothing says that it does not",
            seen ->
                stateOf(seen, UNREACHABLE).stream()
                    .allMatch(state -> state == TrackedDrift.State.FLAPPING));
        watch.skip(Duration.ofSeconds(60));
      }
      assertThat(stateOf(watch.cycle(), UNREACHABLE)).containsExactly(TrackedDrift.State.FLAPPING);

      replica.stop();
      watch.twoPollsAfter(
          () -> true,
          "it is silent and was before",
          seen -> stateOf(seen, UNREACHABLE).equals(List.of(TrackedDrift.State.FIRING)));
    }
  }

  @Test
  void the_address_of_a_relay_that_is_declared_as_a_member_is_no_second_primary()
      throws IOException {
    var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);
    try (var relay = new Wire(primary.host(), primary.port());
        var watch = Watch.of(lab.inventory(), "dbuser_monitor", Crawl.OFF)) {
      watch.untilDriftsAre();
      var third = "127.0.0.1: { pg_seq: 3, pg_role: replica, pg_port: %d }".formatted(relay.port());
      watch.reload(lab.inventory().replaceFirst("( +)vars:", "$1  " + third + "\n$1vars:"));

      watch.twoPollsAfter(() -> true, "duplicate_instance pg-test-3");

      watch.reload(lab.inventory());
      watch.twoPollsAfter(() -> true);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static List<TrackedDrift.State> stateOf(Snapshot snapshot, String drift) {
    return snapshot.drifts().stream()
        .filter(open -> Watch.name(open.drift()).equals(drift))
        .map(TrackedDrift::state)
        .toList();
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
