package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;

/**
 * The timeline of a server, and where it was read.
 *
 * @param id 1 or greater
 */
public record Timeline(int id, Source source) {

  /** Where a timeline was read. */
  public enum Source implements Labelled {
    /** {@code pg_walfile_name(pg_current_wal_lsn())} in production: exact. */
    WAL,
    /** {@code pg_stat_wal_receiver.received_tli} in recovery: exact, perhaps ahead of replay. */
    WAL_RECEIVER,
    /**
     * {@code pg_control_checkpoint()} and {@code pg_control_recovery()}: a lower bound, which stays
     * behind after a promotion until the next checkpoint or restartpoint.
     */
    CONTROL_FILE,
    /** Both functions are refused: it is only known to be 1 or greater. */
    HIDDEN
  }

  /** One that could not be read. */
  public static final Timeline HIDDEN = new Timeline(1, Source.HIDDEN);

  public Timeline {
    if (id < 1) {
      throw new IllegalArgumentException("a timeline is 1 or greater: " + id);
    }
  }

  /** Whether it is more than a lower bound. */
  public boolean isExact() {
    return switch (source) {
      case WAL, WAL_RECEIVER -> true;
      case CONTROL_FILE, HIDDEN -> false;
    };
  }
}
