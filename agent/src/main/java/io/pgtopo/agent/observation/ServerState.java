package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a server writes or replays WAL: {@code pg_is_in_recovery()}, every role. */
public sealed interface ServerState {
  /** {@code pg_stat_archiver}: denied if it is refused. */
  Reading<Archiver> archiver();

  /**
   * It accepts writes.
   *
   * @param written {@code pg_current_wal_lsn()}
   * @param promotedAt where it left recovery since its start: {@code pg_last_wal_replay_lsn()},
   *     which stays set, and equals the switch point, if {@code pg_last_wal_receive_lsn()} is set
   *     too. Empty if it was not a streaming standby since its start
   * @param syncWaits commits that wait for a synchronous standby: denied without {@code
   *     pg_read_all_stats}
   * @param lastCommit {@code pg_last_committed_xact()}, by the server's clock: denied unless {@code
   *     track_commit_timestamp} is on; empty if nothing was committed since it was switched on
   */
  record InProduction(
      Lsn written,
      Optional<Lsn> promotedAt,
      Reading<SyncWaits> syncWaits,
      Reading<Archiver> archiver,
      Reading<Optional<Instant>> lastCommit)
      implements ServerState {
    /** The setting that is off by default. */
    public static final String UNTRACKED = "track_commit_timestamp is off";

    /** A server with the default settings and privileges. */
    public InProduction(
        Lsn written, Optional<Lsn> promotedAt, Reading<SyncWaits> syncWaits, Archiver archiver) {
      this(written, promotedAt, syncWaits, Reading.seen(archiver), Reading.denied(UNTRACKED));
    }
  }

  /**
   * It replays WAL and is read-only.
   *
   * @param received {@code pg_last_wal_receive_lsn()}: the start of a segment right after a start
   * @param replayed {@code pg_last_wal_replay_lsn()}
   * @param replayedCommit {@code pg_last_xact_replay_timestamp()}: when the primary, by its clock,
   *     committed what was replayed last; empty if none was since the start
   * @param startupWait {@code wait_event} of the startup process, which replays: seen and empty if
   *     it waits for nothing; denied without {@code pg_read_all_stats}
   * @param receiver {@code pg_stat_wal_receiver}: seen and empty if there is none; denied if there
   *     is one whose details {@code pg_read_all_stats} would show
   * @param archiver archives what was received if {@code archive_mode} is {@code always}
   */
  record InRecovery(
      Optional<Lsn> received,
      Optional<Lsn> replayed,
      Replay replay,
      Optional<Instant> replayedCommit,
      Reading<Optional<String>> startupWait,
      Reading<Optional<WalReceiver>> receiver,
      Reading<Archiver> archiver)
      implements ServerState {
    /** A server that archives nothing. */
    public InRecovery(
        Optional<Lsn> received,
        Optional<Lsn> replayed,
        Replay replay,
        Optional<Instant> replayedCommit,
        Reading<Optional<String>> startupWait,
        Reading<Optional<WalReceiver>> receiver) {
      this(
          received,
          replayed,
          replay,
          replayedCommit,
          startupWait,
          receiver,
          Reading.seen(Archiver.IDLE));
    }
  }

  /**
   * Whether WAL replay is paused: {@code pg_get_wal_replay_pause_state()} on 14+, {@code
   * pg_is_wal_replay_paused()} before, every role.
   */
  enum Replay implements Labelled {
    RUNNING,
    /** 14+. */
    PAUSE_REQUESTED,
    PAUSED
  }

  /**
   * {@code pg_stat_archiver}, every role; by the server's clock.
   *
   * @param lastArchived empty if nothing was archived since the statistics were reset
   * @param lastFailed empty if no attempt failed since then
   * @param lastFile the file of WAL that was archived last
   */
  record Archiver(
      Optional<Instant> lastArchived, Optional<Instant> lastFailed, Optional<WalFile> lastFile) {
    /** Nothing was archived, and nothing failed. */
    public static final Archiver IDLE =
        new Archiver(Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether the last attempt to archive failed. */
    public boolean isFailing() {
      return lastFailed
          .filter(failed -> lastArchived.filter(done -> !done.isBefore(failed)).isEmpty())
          .isPresent();
    }
  }

  /**
   * Backends whose {@code wait_event} is {@code SyncRep}: {@code pg_stat_activity}.
   *
   * @param longest an upper bound of the longest wait, by the server's clock; zero if none
   */
  record SyncWaits(int backends, Duration longest) {
    /** No commit waits. */
    public static final SyncWaits NONE = new SyncWaits(0, Duration.ZERO);
  }
}
