package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.config.model.Instance;
import io.pgtopo.lab.LabInstance;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is predicted of a failover, and what happens when the primary is really killed. */
abstract class FailoverContract extends RealServers {
  private static final int ROUNDS = 3;

  FailoverContract(int major) {
    super(major);
  }

  @Test
  void a_candidate_that_is_safe_has_every_commit_that_was_acknowledged() throws Exception {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("synchronous_standby_names", "\"pg-test-2\""))
            .replica(2)
            .start();
    var primary = cluster.instance(1);
    primary.execute("CREATE TABLE acknowledged (number int)");
    try (var watch = Watch.of(lab)) {
      for (var round = 1; round <= ROUNDS; round++) {
        var standby = cluster.instance(primary.seq() == 1 ? 2 : 1);
        primary.execute("TRUNCATE acknowledged");
        until(primary + " is synchronous", synchronous(primary));
        var writer = new Writer(primary);
        until("the writer writes", () -> writer.acknowledged.get() > 20);

        var readiness = until(() -> readiness(watch, standby), it -> it.failover() == Safety.YES);

        assertThat(readiness.candidates().getFirst().switchover())
            .as(readiness.toString())
            .isEqualTo(Safety.YES);
        until("the writer goes on", () -> writer.acknowledged.get() > 100);
        primary.kill();
        writer.ended.get();
        standby.promote();
        assertThat(count(standby)).isGreaterThanOrEqualTo(writer.acknowledged.get());

        swap(primary, standby);
        primary = standby;
      }
    }
  }

  @Test
  void a_role_whose_commits_do_not_wait_makes_a_failover_unsafe() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("synchronous_standby_names", "\"pg-test-2\""))
            .replica(2)
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      until(
          () -> candidate(watch, cluster.instance(2)),
          candidate -> candidate.failover() == Safety.YES);

      primary.execute("CREATE ROLE batch");
      primary.execute("ALTER ROLE batch IN DATABASE postgres SET synchronous_commit = local");
      primary.reload();

      var warned =
          until(
              () -> candidate(watch, cluster.instance(2)),
              candidate -> candidate.failover() == Safety.NO);
      assertThat(concerns(warned))
          .filteredOn(Concern.SomeCommitsDoNotWait.class::isInstance)
          .flatExtracting(it -> ((Concern.SomeCommitsDoNotWait) it).overrides())
          .containsExactly(
              new CommitOverride(Optional.of("batch"), Optional.of("postgres"), "local"));
      assertThat(warned.switchover()).isEqualTo(Safety.YES);
    }
  }

  @Test
  void what_a_detached_replica_lacks_is_lost() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var primary = cluster.instance(1);
    var candidate = cluster.instance(2);
    primary.execute("CREATE TABLE acknowledged (number int)");
    cluster.awaitReplay();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      candidate.set("primary_conninfo", "host=%s port=1".formatted(candidate.host()));
      candidate.reload();
      watch.untilDriftsAre("replica_detached pg-test-2");
      for (var row = 0; row < 50; row++) {
        primary.execute("INSERT INTO acknowledged SELECT generate_series(1, 100)");
      }

      var before = lsn(primary, "pg_current_wal_lsn()");
      var predicted =
          until(
              () -> candidate(watch, candidate),
              it -> it.lost().filter(lost -> lost.least() > 0).isPresent());

      assertThat(predicted.failover()).isEqualTo(Safety.NO);
      assertThat(predicted.switchover()).isEqualTo(Safety.NO);
      assertThat(concerns(predicted)).anyMatch(Concern.MayBeAhead.class::isInstance);
      assertThat(candidate(watch, cluster.instance(3)).switchover()).isEqualTo(Safety.YES);
      var interval = predicted.lost().orElseThrow();
      var since = lsn(primary, "pg_current_wal_lsn()").bytesAfter(before);
      assertThat(lost(primary, candidate)).isBetween(interval.least(), interval.most() + since);
      assertThat(count(candidate)).isZero();
    }
  }

  @Test
  void those_follow_a_promoted_replica_that_are_said_to() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2)
            .replica(3, three -> three.follows(2))
            .replica(4, four -> four.follows(2).set("recovery_target_timeline", "current"))
            .start();
    var candidate = cluster.instance(2);
    cluster.instance(1).execute("CREATE TABLE acknowledged (number int)");
    cluster.awaitReplay();
    try (var watch = Watch.of(lab)) {
      var predicted =
          until(
              () -> candidate(watch, candidate),
              it -> it.lost().filter(lost -> lost.most() == 0).isPresent());

      assertThat(concerns(predicted))
          .filteredOn(Concern.StaysOnTimeline.class::isInstance)
          .singleElement()
          .isEqualTo(new Concern.StaysOnTimeline(declared(watch, cluster.instance(4)), "current"));
      assertThat(predicted.switchover()).isEqualTo(Safety.NO);
      assertThat(candidate(watch, cluster.instance(3)).switchover()).isNotEqualTo(Safety.YES);
      cluster.instance(1).kill();
      candidate.promote();

      candidate.execute("INSERT INTO acknowledged VALUES (1)");
      until("the cascade follows", () -> count(cluster.instance(3)) == 1);
      until(
          "the other one does not",
          () ->
              cluster
                  .instance(4)
                  .value("SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'")
                  .isEmpty());
      assertThat(count(cluster.instance(4))).isZero();
    }
  }

  @Test
  void a_delayed_replica_is_not_to_lead_and_would_replay_all_that_it_has() {
    var cluster =
        lab.cluster("pg-test").primary(1).replica(2, two -> two.delay(Duration.ofHours(1))).start();
    var primary = cluster.instance(1);
    var candidate = cluster.instance(2);
    primary.execute("CREATE TABLE acknowledged (number int)");
    primary.execute("INSERT INTO acknowledged VALUES (1)");
    untilReceived(candidate, primary);
    try (var watch = Watch.of(lab)) {
      var before = lsn(primary, "pg_current_wal_lsn()");
      var predicted =
          until(
              () -> candidate(watch, candidate),
              it -> it.toReplay().filter(bytes -> bytes > 0).isPresent());

      assertThat(concerns(predicted))
          .contains(
              new Concern.KeptFromLeading(declared(watch, candidate), Concern.Intent.DELAYED));
      var since = lsn(primary, "pg_current_wal_lsn()").bytesAfter(before);
      assertThat(lost(primary, candidate))
          .isLessThanOrEqualTo(predicted.lost().orElseThrow().most() + since);
      assertThat(count(candidate)).isOne();
    }
  }

  /**
   * Kills the primary, promotes the candidate, and measures what WAL that has not. A server that is
   * idle writes a little now and then, such as its running transactions: that is not predicted.
   */
  private static long lost(LabInstance primary, LabInstance candidate) {
    var written = lsn(primary, "pg_current_wal_lsn()");
    primary.kill();
    candidate.promote();
    return Math.max(0, written.bytesAfter(lsn(candidate, "pg_last_wal_replay_lsn()")));
  }

  private static Lsn lsn(LabInstance server, String function) {
    return Lsn.parse(server.value("SELECT " + function).orElseThrow());
  }

  private static int count(LabInstance server) {
    return Integer.parseInt(server.value("SELECT count(*) FROM acknowledged").orElseThrow());
  }

  private static Supplier<Boolean> synchronous(LabInstance primary) {
    return () ->
        primary
            .value("SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')")
            .isPresent();
  }

  /** The killed one becomes the synchronous standby of the other one. */
  private static void swap(LabInstance killed, LabInstance promoted) {
    killed.start();
    killed.set("synchronous_standby_names", "");
    killed.rejoin(promoted);
    killed.awaitStreaming();
    promoted.set("synchronous_standby_names", "\"" + killed.name() + "\"");
    promoted.reload();
  }

  private Readiness readiness(Watch watch, LabInstance promoted) {
    return PredictedRound.readiness(watch.cycle(), Optional.of(declared(watch, promoted)));
  }

  private Candidate candidate(Watch watch, LabInstance promoted) {
    return readiness(watch, promoted).candidates().getFirst();
  }

  private static List<Concern> concerns(Candidate candidate) {
    return candidate.findings().stream().map(Finding::concern).toList();
  }

  private static Instance declared(Watch watch, LabInstance server) {
    return watch
        .inventory()
        .instances()
        .filter(it -> it.name().equals(server.name()))
        .findFirst()
        .orElseThrow();
  }

  private static void until(String what, Supplier<Boolean> isSo) {
    var end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!isSo.get()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
    }
  }

  private static <T> T until(Supplier<T> next, Predicate<T> isSo) {
    var end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (true) {
      var it = next.get();
      if (isSo.test(it)) {
        return it;
      }
      assertThat(System.nanoTime()).as(String.valueOf(it)).isLessThan(end);
    }
  }

  /** A client that commits rows one by one until its server is gone, and counts them. */
  private static final class Writer {
    final AtomicInteger acknowledged = new AtomicInteger();
    final CompletableFuture<Void> ended;

    Writer(LabInstance primary) {
      ended = CompletableFuture.runAsync(() -> write(primary.jdbcUrl()));
    }

    private void write(String url) {
      try (var connection = DriverManager.getConnection(url);
          var insert = connection.prepareStatement("INSERT INTO acknowledged VALUES (1)")) {
        while (true) {
          insert.executeUpdate();
          acknowledged.incrementAndGet();
        }
      } catch (SQLException killed) {
        // The end of its work.
      }
    }
  }
}
