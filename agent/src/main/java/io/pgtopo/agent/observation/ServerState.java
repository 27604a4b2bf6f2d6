package io.pgtopo.agent.observation;

import java.util.Optional;

/** Whether a server writes or replays WAL: {@code pg_is_in_recovery()}, every role. */
public sealed interface ServerState {

  /**
   * It accepts writes.
   *
   * @param written {@code pg_current_wal_lsn()}
   * @param promotedAt where it left recovery since its start: {@code pg_last_wal_replay_lsn()},
   *     which stays set, and equals the switch point, if {@code pg_last_wal_receive_lsn()} is set
   *     too. Empty if it was not a streaming standby since its start
   */
  record InProduction(Lsn written, Optional<Lsn> promotedAt) implements ServerState {}

  /**
   * It replays WAL and is read-only.
   *
   * @param received {@code pg_last_wal_receive_lsn()}: the start of a segment right after a start
   * @param replayed {@code pg_last_wal_replay_lsn()}
   * @param receiver {@code pg_stat_wal_receiver}: seen and empty if there is none; denied if there
   *     is one whose details {@code pg_read_all_stats} would show
   */
  record InRecovery(
      Optional<Lsn> received,
      Optional<Lsn> replayed,
      Replay replay,
      Reading<Optional<WalReceiver>> receiver)
      implements ServerState {}

  /** Whether replay goes on: {@code pg_is_wal_replay_paused()}, every role. */
  enum Replay {
    RUNNING,
    PAUSED
  }
}
