package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
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

      var found = until(watch, primary, snapshot -> Watch.drifts(snapshot).contains(BLOCKED));
      assertThat(watch.sentence(found, BLOCKED))
          .contains("1 commits wait for a synchronous standby")
          .contains("pg-test-2 streams, but confirmed nothing between two polls");
      // Both become true ten seconds after the last word, and either may be seen first.
      found = until(watch, primary, snapshot -> Watch.drifts(snapshot).contains(DETACHED));
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

      var found = until(watch, primary, snapshot -> Watch.drifts(snapshot).contains(DETACHED));
      assertThat(watch.links(found)).containsExactly("pg-test-1 -> pg-test-2 both_ends");
      assertThat(watch.sentence(found, DETACHED))
          .contains("live not streaming; silent for at least");

      signal("CONT", walsender);
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
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

      var found = until(watch, primary, snapshot -> Watch.drifts(snapshot).contains(DETACHED));
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
