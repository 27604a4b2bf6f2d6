package io.pgtopo.agent.live;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** A lab of one version for each test, and what can be done to its servers beyond the lab's own. */
abstract class RealServers {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final int major;
  final Lab lab;

  RealServers(int major) {
    this.major = major;
    this.lab = Lab.open(Postgres.version(major), progress -> {});
  }

  @AfterEach
  void close() {
    lab.close();
  }

  /** A primary, two replicas of it, and a cascade below the first one. */
  LabCluster four() {
    return lab.cluster("pg-test")
        .primary(1)
        .replica(2)
        .replica(3, three -> three.slot())
        .replica(4, four -> four.follows(2))
        .start();
  }

  /** A cluster that follows an instance an hour behind, with a cascade of its own. */
  LabCluster delayed(LabInstance source) {
    return lab.cluster("pg-delay")
        .standbyOf(source)
        .primary(1, one -> one.delay(Duration.ofHours(1)))
        .replica(2)
        .start();
  }

  /** Makes a primary begin a new WAL segment. */
  static void switchSegment(LabInstance primary) {
    primary.execute("SELECT pg_switch_wal()");
  }

  /** Makes a primary write so many bytes of WAL and few more. */
  static void write(LabInstance primary, int bytes) {
    primary.execute("SELECT pg_logical_emit_message(true, 'lab', repeat('x', " + bytes + "))");
  }

  /** Waits until a standby has replayed all that a primary has written. */
  static void untilReplayed(LabInstance standby, LabInstance primary) {
    untilReaches("pg_last_wal_replay_lsn()", standby, primary);
  }

  /** Waits until a standby has received all that a primary has written. */
  static void untilReceived(LabInstance standby, LabInstance primary) {
    untilReaches("pg_last_wal_receive_lsn()", standby, primary);
  }

  /**
   * Whether a standby streams from an upstream, has replayed all that it has, and both have heard
   * from each other lately.
   */
  static BooleanSupplier streams(LabInstance standby, LabInstance upstream) {
    BooleanSupplier shown =
        () ->
            isTrue(
                    upstream,
                    "SELECT count(*) = 1 AND bool_and(state = 'streaming'"
                        + " AND reply_time > clock_timestamp() - interval '3 s' AND replay_lsn >="
                        + " CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
                        + " ELSE pg_current_wal_lsn() END)"
                        + " FROM pg_stat_replication WHERE application_name = '%s'"
                            .formatted(standby.name()))
                && isTrue(
                    standby,
                    "SELECT status = 'streaming' AND last_msg_receipt_time > clock_timestamp()"
                        + " - interval '3 s' FROM pg_stat_wal_receiver");
    // Makes the upstream send a message over a link that is idle, and waits for no commit.
    var message = "SELECT pg_logical_emit_message(false, 'lab', 'x') IS NULL";
    return () -> shown.getAsBoolean() || isTrue(upstream, message);
  }

  /** Whether a standby has replayed all that a primary has flushed, however it gets it. */
  static BooleanSupplier replays(LabInstance standby, LabInstance primary) {
    var written = primary.value("SELECT pg_current_wal_flush_lsn()").orElseThrow();
    return () -> isTrue(standby, "SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(written));
  }

  /** Whether replay of a standby is paused, and not only requested to be. */
  BooleanSupplier isPaused(LabInstance standby) {
    return () ->
        isTrue(
            standby,
            major < 14
                ? "SELECT pg_is_wal_replay_paused()"
                : "SELECT pg_get_wal_replay_pause_state() = 'paused'");
  }

  /** Whether a standby answers and has no walreceiver. */
  static BooleanSupplier hasNoWalReceiver(LabInstance standby) {
    return () -> isTrue(standby, "SELECT count(*) = 0 FROM pg_stat_wal_receiver");
  }

  static BooleanSupplier all(BooleanSupplier... shown) {
    return () -> List.of(shown).stream().allMatch(BooleanSupplier::getAsBoolean);
  }

  /** What a server reports, if it answers. */
  static boolean isTrue(LabInstance server, String sql) {
    try {
      return server.value(sql).equals(Optional.of("t"));
    } catch (RuntimeException noAnswer) {
      return false;
    }
  }

  private static void untilReaches(String position, LabInstance standby, LabInstance primary) {
    var written = primary.value("SELECT pg_current_wal_lsn()").orElseThrow();
    var end = Instant.now().plus(PATIENCE);
    var isThere = "SELECT " + position + " >= '" + written + "'::pg_lsn";
    while (!standby.value(isThere).equals(Optional.of("t"))) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(position + " of " + standby + " did not reach " + written);
      }
    }
  }

  /** Sends a signal to one process of a server. */
  static void signal(String name, long pid) {
    try {
      var kill = new ProcessBuilder("sh", "-c", "kill -s " + name + " " + pid).start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("no signal " + name + " to " + pid);
      }
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }
}
