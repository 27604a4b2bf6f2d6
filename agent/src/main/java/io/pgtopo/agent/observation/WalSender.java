package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The upstream end of a replication link: a row of {@code pg_stat_replication}.
 *
 * @param user and application name: visible to every role
 * @param stream the rest of the row: denied without {@code pg_read_all_stats}
 */
public record WalSender(
    Backend backend, String user, String applicationName, Reading<Stream> stream) {

  /**
   * What the row tells with {@code pg_read_all_stats}.
   *
   * @param stateText {@code state}, in PostgreSQL's word
   * @param syncStateText {@code sync_state}, in PostgreSQL's word
   * @param clientAddress empty for a Unix socket
   * @param replyTime {@code reply_time}, 12+, by the standby's clock
   */
  public record Stream(
      Optional<HostPort> clientAddress,
      String stateText,
      String syncStateText,
      Progress progress,
      Optional<Instant> replyTime) {

    /** What {@code state} means, as far as it is known. */
    public State state() {
      return State.parse(stateText);
    }

    /** What {@code sync_state} means, as far as it is known. */
    public SyncState syncState() {
      return SyncState.parse(syncStateText);
    }
  }

  /** How far a client is; each position is empty as long as it reported none. */
  public record Progress(
      Optional<Lsn> sent, Optional<Lsn> written, Optional<Lsn> flushed, Optional<Lsn> replayed) {}

  /** {@code pg_stat_replication.state}. */
  public enum State {
    STARTUP,
    CATCHUP,
    STREAMING,
    BACKUP,
    STOPPING,
    /** A word that this version of pgtopo does not know. */
    OTHER;

    /** The state for PostgreSQL's word. */
    public static State parse(String word) {
      for (var state : values()) {
        if (state.label().equals(word)) {
          return state;
        }
      }
      return OTHER;
    }

    /** PostgreSQL's word. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code pg_stat_replication.sync_state}: meaningful on a server in production only. */
  public enum SyncState {
    ASYNC,
    POTENTIAL,
    SYNC,
    QUORUM,
    /** A word that this version of pgtopo does not know. */
    OTHER;

    /** The state for PostgreSQL's word. */
    public static SyncState parse(String word) {
      for (var state : values()) {
        if (state.label().equals(word)) {
          return state;
        }
      }
      return OTHER;
    }

    /** PostgreSQL's word. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
