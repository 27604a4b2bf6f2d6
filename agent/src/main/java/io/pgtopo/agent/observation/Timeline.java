package io.pgtopo.agent.observation;

/**
 * The timeline of a server, and where it was read.
 *
 * @param id 1 or greater
 */
public record Timeline(int id, Source source) {

  /** Where a timeline was read. */
  public enum Source {
    /** {@code pg_walfile_name(pg_current_wal_lsn())} in production: exact. */
    WAL,
    /** {@code pg_stat_wal_receiver.received_tli} in recovery: exact, perhaps ahead of replay. */
    WAL_RECEIVER,
    /**
     * {@code pg_control_checkpoint()} and {@code pg_control_recovery()}: a lower bound, which stays
     * behind after a promotion until the next checkpoint or restartpoint.
     */
    CONTROL_FILE
  }

  public Timeline {
    if (id < 1) {
      throw new IllegalArgumentException("a timeline is 1 or greater: " + id);
    }
  }
}
