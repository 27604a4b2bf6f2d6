package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Links whose processes are frozen: both ends go on to report what they believed last. */
abstract class FrozenContract extends RealServers {
  private static final String BLOCKED = "commits_blocked pg-test";
  private static final String DETACHED = "replica_detached pg-test-2";

  FrozenContract(int major) {
    super(major);
  }

  /** The walsender is streaming and sync until wal_sender_timeout. */
  @Test
  void commits_that_wait_for_a_frozen_standby_are_blocked_before_its_link_is_silent() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    primary.set("synchronous_standby_names", "\"pg-test-2\"");
    primary.reload();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walreceiver = walreceiver(cluster.instance(2));
      signal("STOP", walreceiver);
      var commit =
          Thread.ofVirtual().start(() -> primary.execute("CREATE TABLE waits (i integer)"));

      var found =
          watch.toldTwoPollsAfter(
              () ->
                  isTrue(
                      primary,
                      "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                          + " AND state_change < clock_timestamp() - interval '1 s'"),
              BLOCKED);
      assertThat(watch.sentence(found, BLOCKED))
          .contains("1 commits wait for a synchronous standby")
          .contains("pg-test-2 streams, but confirmed nothing between two polls");
      // Both become true ten seconds after the last word, and either may be seen first.
      found = watch.toldTwoPollsAfter(isSilent(primary, 2), DETACHED);
      assertThat(watch.sentence(found, DETACHED))
          .containsPattern("live not streaming; (silent for at least|no WAL arrives)");
      assertThat(Watch.drifts(found)).contains(BLOCKED);
      until(watch, primary, snapshot -> streaming(snapshot).equals(List.of(Streaming.NO)));

      signal("CONT", walreceiver);
      commit.join();
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).containsExactly(BLOCKED);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void a_frozen_walsender_makes_its_link_silent() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walsender = pid(primary, "SELECT pid FROM pg_stat_replication");
      signal("STOP", walsender);

      var found = watch.toldTwoPollsAfter(isSilent(primary, 2), DETACHED);
      assertThat(watch.links(found)).containsExactly("pg-test-1 -> pg-test-2 both_ends");
      assertThat(watch.sentence(found, DETACHED))
          .contains("live not streaming; silent for at least");

      signal("CONT", walsender);
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_frozen_walsender_of_a_replica_makes_the_link_below_it_silent() {
    var cluster = four();
    var middle = cluster.instance(2);
    var below = "replica_detached pg-test-4";
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walsender = pid(middle, "SELECT pid FROM pg_stat_replication");
      signal("STOP", walsender);

      var found = watch.toldTwoPollsAfter(isSilent(middle, 4), below);
      assertThat(Watch.drifts(found)).containsExactly(below);
      assertThat(watch.sentence(found, below))
          .contains("live not streaming; silent for at least")
          .contains("the connection to pg-test-2 is open");

      signal("CONT", walsender);
      watch.twoPollsAfter(streams(cluster.instance(4), middle));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Its startup process has another upstream, and waits for it to stop. */
  @Test
  void a_frozen_walreceiver_that_should_stop_does_not_stream() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walreceiver = walreceiver(cluster.instance(3));
      signal("STOP", walreceiver);
      cluster.instance(3).set("primary_conninfo", conninfo(cluster.instance(3)) + " keepalives=1");
      cluster.instance(3).reload();

      var found =
          watch.toldTwoPollsAfter(
              () ->
                  isTrue(
                      cluster.instance(3), "SELECT status = 'stopping' FROM pg_stat_wal_receiver"),
              "replica_detached pg-test-3");
      assertThat(watch.sentence(found, "replica_detached pg-test-3"))
          .contains("its walreceiver is stopping, and no WAL moves");

      signal("CONT", walreceiver);
      watch.twoPollsAfter(streams(cluster.instance(3), cluster.instance(1)));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static String conninfo(LabInstance standby) {
    return standby.value("SHOW primary_conninfo").orElseThrow();
  }

  @Test
  void a_frozen_walreceiver_that_has_no_walsender_any_more_does_not_stream() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walreceiver = walreceiver(cluster.instance(2));
      signal("STOP", walreceiver);
      primary.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");

      var found =
          watch.toldTwoPollsAfter(
              () ->
                  isTrue(primary, "SELECT count(*) = 0 FROM pg_stat_replication")
                      && isTrue(
                          cluster.instance(2),
                          "SELECT last_msg_receipt_time < clock_timestamp() - interval '6 s'"
                              + " FROM pg_stat_wal_receiver"),
              DETACHED);
      assertThat(watch.links(found)).containsExactly("pg-test-1 -> pg-test-2 downstream_only");
      assertThat(watch.sentence(found, DETACHED))
          .contains("live not streaming; has no walsender")
          .contains("its walreceiver " + walreceiver + " is streaming, and pg-test-1 (");
      assertThat(streaming(found)).containsExactly(Streaming.NO);

      signal("CONT", walreceiver);
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** No message is missed on this link, whichever end hangs. */
  @Test
  void a_frozen_end_of_a_link_without_keepalives_is_found_by_positions() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("wal_sender_timeout", "0"))
            .replica(
                2,
                two ->
                    two.set("wal_receiver_timeout", "0").set("wal_receiver_status_interval", "0"))
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var walreceiver = walreceiver(cluster.instance(2));
      signal("STOP", walreceiver);
      write(primary, 1_000);
      assertUndelivered(watch, primary);
      signal("CONT", walreceiver);
      watch.twoPollsAfter(replays(cluster.instance(2), primary));

      var walsender = pid(primary, "SELECT pid FROM pg_stat_replication");
      signal("STOP", walsender);
      write(primary, 1_000);
      switchSegment(primary);
      write(primary, 1_000);
      assertUndelivered(watch, primary);
      signal("CONT", walsender);
      watch.twoPollsAfter(replays(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Its row is hidden, and so are the replies that its walsender gets. */
  @Test
  void a_login_without_pg_monitor_sees_by_positions_that_no_wal_arrives() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab, "plain")) {
      watch.untilDriftsAre();
      var walreceiver = walreceiver(cluster.instance(2));
      signal("STOP", walreceiver);
      write(primary, 1_000);
      assertUndelivered(watch, primary);

      signal("CONT", walreceiver);
      watch.twoPollsAfter(replays(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Whether the last reply of a standby is older than a second and the ten that are tolerated. */
  private static BooleanSupplier isSilent(LabInstance upstream, int standby) {
    return () ->
        isTrue(
            upstream,
            "SELECT reply_time < clock_timestamp() - interval '12 s' FROM pg_stat_replication"
                + " WHERE application_name = 'pg-test-%d'".formatted(standby));
  }

  private static void assertUndelivered(Watch watch, LabInstance clock) {
    watch.cycle();
    watch.skip(Duration.ofSeconds(10));
    var found = until(watch, clock, snapshot -> Watch.drifts(snapshot).contains(DETACHED));
    assertThat(watch.sentence(found, DETACHED))
        .contains("live not streaming; no WAL arrives")
        .contains("pg-test-1 has WAL for it up to ");
  }

  private static long walreceiver(LabInstance standby) {
    return pid(standby, "SELECT pid FROM pg_stat_wal_receiver");
  }

  private static long pid(LabInstance server, String query) {
    return Long.parseLong(server.value(query).orElseThrow());
  }

  private static List<Streaming> streaming(Snapshot snapshot) {
    return snapshot.topology().links().stream()
        .map((ReplicationLink link) -> Streaming.of(link, snapshot.topology()))
        .toList();
  }

  /** Polls as far apart as an agent does, so that a position has the time to move. */
  private static Snapshot until(Watch watch, LabInstance clock, Predicate<Snapshot> condition) {
    return watch.until(
        "a frozen process shows",
        snapshot -> {
          clock.value("SELECT pg_sleep(0.6)");
          return condition.test(snapshot);
        });
  }
}
