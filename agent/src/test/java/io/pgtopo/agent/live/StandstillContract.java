package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Standbys that receive or replay nothing, and what shows that this is wrong, or right. */
abstract class StandstillContract extends RealServers {
  private static final String BLOCKED = "commits_blocked pg-test";
  private static final String MISSING = "sync_standby_missing pg-test";
  private static final String DETACHED = "replica_detached pg-delay-1";
  private static final String STALLED = "replica_detached pg-test-2";
  private static final String REPLAY = "replay_paused pg-test-2";

  StandstillContract(int major) {
    super(major);
  }

  /** For an hour it does not even try to connect. */
  @Test
  void a_delayed_replica_that_restarts_with_a_dead_upstream_is_detached() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    var delayed =
        lab.cluster("pg-delay")
            .standbyOf(primary)
            .primary(1, one -> one.delay(Duration.ofHours(1)))
            .start()
            .instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      write(primary, 1_000);
      untilReceived(delayed, primary);

      dial(delayed, primary.host(), 1);
      var wrongPort = watch.twoPollsAfter(hasNoWalReceiver(delayed), DETACHED);
      assertThat(watch.sentence(wrongPort, DETACHED))
          .endsWith(primary.host() + ":1, which leads to no known server");

      delayed.set("primary_conninfo", "");
      delayed.restart();
      watch.twoPollsAfter(
          hasNoWalReceiver(delayed),
          "no upstream",
          seen ->
              Watch.drifts(seen).contains(DETACHED)
                  && watch.sentence(seen, DETACHED).endsWith("its primary_conninfo is empty"));

      dial(delayed, primary.host(), primary.port());
      watch.twoPollsAfter(() -> isTrue(delayed, "SELECT true"), "restart_loop pg-delay-1");
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static void dial(LabInstance standby, String host, int port) {
    standby.set("primary_conninfo", "host=%s port=%d user=replicator".formatted(host, port));
    standby.restart();
  }

  @Test
  void a_replica_that_replays_from_an_archive_is_well_until_it_stands_still() throws IOException {
    var archive = Files.createTempDirectory(Path.of("/tmp"), "archive");
    var file = archive.toFile();
    assertThat(file.setWritable(true, false) && file.setExecutable(true, false)).isTrue();
    assertThat(file.setReadable(true, false)).isTrue();
    var cluster =
        lab.cluster("pg-test")
            .primary(
                1,
                one ->
                    one.set("archive_mode", "on")
                        .set("archive_command", "cp %p " + archive + "/%f"))
            .replica(2)
            .start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      replica.set("primary_conninfo", "");
      replica.set("restore_command", "cp " + archive + "/%f %p");
      replica.restart();
      watch.twoPollsAfter(hasReplayed(replica, ship(primary)));
      for (var poll = 0; poll < 5; poll++) {
        var isReplayed = hasReplayed(replica, ship(primary));
        watch.until("the files are replayed", snapshot -> isReplayed.getAsBoolean());
        assertThat(Watch.drifts(watch.cycle())).isEmpty();
      }

      replica.set("restore_command", "false");
      replica.restart();
      watch.twoPollsAfter(hasArchived(primary, ship(primary)));
      watch.skip(Duration.ofSeconds(10));

      var snapshot = watch.twoPollsAfter(() -> true, "no_standby pg-test", STALLED);
      assertThat(watch.sentence(snapshot, STALLED))
          .contains("and stands still; its primary has archived WAL from ");

      replica.set("restore_command", "cp " + archive + "/%f %p");
      replica.restart();
      watch.twoPollsAfter(hasReplayed(replica, ship(primary)), "restart_loop pg-test-2");
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static BooleanSupplier hasArchived(LabInstance primary, String end) {
    return () ->
        isTrue(
            primary,
            "SELECT last_archived_wal >= pg_walfile_name('%s') FROM pg_stat_archiver"
                .formatted(end));
  }

  private static BooleanSupplier hasReplayed(LabInstance replica, String end) {
    return () -> isTrue(replica, "SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(end));
  }

  /**
   * Two files, so that the second one is wholly beyond what was replayed before.
   *
   * @return its end: what the primary writes of itself may begin another file at any time
   */
  private static String ship(LabInstance primary) {
    write(primary, 1_000);
    switchSegment(primary);
    write(primary, 1_000);
    return primary.value("SELECT pg_switch_wal()").orElseThrow();
  }

  @Test
  void replay_that_waits_for_a_session_of_the_standby_is_said_to() throws SQLException {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2, two -> two.set("max_standby_streaming_delay", "-1"))
            .start();
    cluster.instance(1).execute("CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id");
    untilReplayed(cluster.instance(2), cluster.instance(1));
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      conflict(watch, cluster, "TRUNCATE orders", "(wait_event relation)");
      cluster.instance(1).execute("INSERT INTO orders SELECT generate_series(1, 1000)");
      untilReplayed(cluster.instance(2), cluster.instance(1));
      // The last row stays, so that no page is cut off, which would need a lock.
      conflict(
          watch,
          cluster,
          "DELETE FROM orders WHERE id < 1000",
          "(wait_event RecoveryConflictSnapshot)");

      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static void conflict(Watch watch, LabCluster cluster, String cause, String event)
      throws SQLException {
    try (var reader = DriverManager.getConnection(cluster.instance(2).jdbcUrl());
        var statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("SELECT count(*) FROM orders");

      cluster.instance(1).execute(cause);
      cluster.instance(1).execute("VACUUM orders");
      write(cluster.instance(1), 1_000);

      watch.twoPollsAfter(
          () ->
              isTrue(
                  cluster.instance(2),
                  "SELECT bool_or('(wait_event ' || wait_event || ')' = '%s')".formatted(event)
                      + " AND pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"
                      + " FROM pg_stat_activity WHERE backend_type = 'startup'"),
          event,
          seen ->
              Watch.drifts(seen).contains(REPLAY) && watch.sentence(seen, REPLAY).endsWith(event));
    }
    watch.twoPollsAfter(streams(cluster.instance(2), cluster.instance(1)));
  }

  /**
   * As with a full disk: the walreceiver connects, streams and fails to write. On a quick machine
   * no poll may see one of them.
   */
  @Test
  void a_replica_that_can_write_no_wal_is_detached() throws IOException {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var wal = cluster.instance(2).dataDirectory().resolve("pg_wal");
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      Files.setPosixFilePermissions(wal, PosixFilePermissions.fromString("r-x------"));
      for (var segment = 0; segment < 24; segment++) {
        write(primary, 1_000_000);
      }

      watch.until("it is detached", seen -> Watch.drifts(seen).contains(STALLED));

      Files.setPosixFilePermissions(wal, PosixFilePermissions.fromString("rwx------"));
      watch.until(
          "it has caught up",
          seen ->
              seen.topology()
                  .at(Polls.endpoint(cluster.instance(2)))
                  .flatMap(seen.topology()::linkTo)
                  .filter(ReplicationLink::isStreaming)
                  .flatMap(link -> Positions.replayLagBytes(link, seen.topology()))
                  .filter(bytes -> bytes == 0)
                  .isPresent());
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Nothing more arrives that would show that it replays nothing. */
  @Test
  void a_frozen_startup_process_is_seen_though_its_primary_is_idle() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var startup =
          Long.parseLong(
              replica
                  .value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'")
                  .orElseThrow());
      signal("STOP", startup);
      write(primary, 1_000);
      untilReceived(replica, primary);
      assertThat(Watch.drifts(watch.cycle())).isEmpty();
      watch.skip(Duration.ofSeconds(10));

      var snapshot = watch.untilDriftsAre(REPLAY);
      assertThat(watch.sentence(snapshot, REPLAY))
          .contains("live replay stands still")
          .contains("replay is not paused, has no delay and is in no known conflict");

      signal("CONT", startup);
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Polls that are closer than a moment show it in between all the time. */
  @Test
  void a_standby_that_replays_as_it_receives_does_not_stand_still() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    try (var watch = Watch.of(lab)) {
      for (var poll = 0; poll < 50; poll++) {
        write(cluster.instance(1), 200_000);
        assertThat(Watch.drifts(watch.cycle())).isEmpty();
      }
    }
  }

  /** The standby streams, and flushes what others write meanwhile. */
  @Test
  void commits_that_wait_for_paused_replay_are_blocked() throws Exception {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var primary = cluster.instance(1);
    primary.set("synchronous_standby_names", "\"pg-test-2\"");
    primary.set("synchronous_commit", "remote_apply");
    primary.reload();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      assertPauseBlocks(watch, cluster, "CREATE TABLE waits ()");

      primary.set("track_activities", "off");
      primary.reload();
      if (major < 14) {
        var declared = watch.inventory().clusters().getFirst();
        assertThat(watch.cycle().compared().evaluatedIn(declared))
            .contains(DriftKind.SYNC_STANDBY_MISSING)
            .doesNotContain(DriftKind.COMMITS_BLOCKED);
      } else {
        // Since when a session waits is hidden then.
        assertPauseBlocks(watch, cluster, "DROP TABLE waits");
      }
      assertThat(watch.alarms()).containsExactly(BLOCKED);
    }
  }

  @Test
  void commits_wait_for_a_name_that_no_standby_has_and_for_one_of_two_that_is_dead()
      throws Exception {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      primary.set("synchronous_standby_names", "nosuch");
      primary.reload();
      watch.twoPollsAfter(() -> true, MISSING);
      var commit = CompletableFuture.runAsync(() -> primary.execute("CREATE TABLE waits ()"));
      var snapshot = watch.twoPollsAfter(waits(primary), BLOCKED);
      assertThat(watch.sentence(snapshot, BLOCKED)).contains("needs 1 of nosuch; 0 streaming");

      primary.set("synchronous_standby_names", "ANY 2 (\"pg-test-2\", \"pg-test-3\")");
      primary.reload();
      commit.get();
      watch.twoPollsAfter(streams(cluster.instance(3), primary));

      cluster.instance(3).kill();
      watch.twoPollsAfter(() -> true, MISSING, "instance_unreachable pg-test-3");
      commit = CompletableFuture.runAsync(() -> primary.execute("DROP TABLE waits"));
      snapshot = watch.twoPollsAfter(waits(primary), BLOCKED, "instance_unreachable pg-test-3");
      assertThat(watch.sentence(snapshot, BLOCKED)).contains("; 1 streaming");

      cluster.instance(3).start();
      commit.get();
      watch.twoPollsAfter(streams(cluster.instance(3), primary));
      assertThat(watch.alarms()).containsExactly(BLOCKED);
    }
  }

  private static BooleanSupplier waits(LabInstance primary) {
    return () ->
        isTrue(primary, "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  }

  private void assertPauseBlocks(Watch watch, LabCluster cluster, String statement)
      throws Exception {
    var primary = cluster.instance(1);
    cluster.instance(2).pauseReplay();
    watch.twoPollsAfter(isPaused(cluster.instance(2)), REPLAY);

    var commit = CompletableFuture.runAsync(() -> primary.execute(statement));
    var blocked =
        watch.twoPollsAfter(
            waits(primary),
            "blocked",
            seen -> {
              // What others write, its standby flushes; and polls are as far apart as an agent's.
              primary.execute("SELECT pg_logical_emit_message(false, 'lab', 'x'), pg_sleep(0.6)");
              return Watch.drifts(seen).contains(BLOCKED);
            });
    assertThat(watch.sentence(blocked, BLOCKED)).contains("; its replay: paused");

    cluster.instance(2).resumeReplay();
    commit.get();
    watch.twoPollsAfter(streams(cluster.instance(2), primary));
  }
}
