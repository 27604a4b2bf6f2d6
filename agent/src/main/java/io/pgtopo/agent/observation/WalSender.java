package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.Optional;

/**
 * The upstream end of a replication link: a row of {@code pg_stat_replication}.
 *
 * @param user and application name: visible to every role
 * @param databaseId {@code pg_stat_activity.datid}: which database a client of logical replication
 *     is connected to. Empty for a standby, which is connected to none, and where it is hidden
 * @param stream the rest of the row: denied without {@code pg_read_all_stats}
 */
public record WalSender(
    Backend backend,
    String user,
    String applicationName,
    Optional<Long> databaseId,
    Reading<Stream> stream) {

  /**
   * What the row shows with {@code pg_read_all_stats}.
   *
   * @param stateText {@code state}, as PostgreSQL spells it
   * @param syncStateText {@code sync_state}, as PostgreSQL spells it
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
      return Labelled.parse(stateText, State.values(), State.OTHER);
    }

    /** What {@code sync_state} means, as far as it is known. */
    public SyncState syncState() {
      return Labelled.parse(syncStateText, SyncState.values(), SyncState.OTHER);
    }
  }

  /** The positions of a client; each is empty until it reported one. */
  public record Progress(
      Optional<Lsn> sent, Optional<Lsn> written, Optional<Lsn> flushed, Optional<Lsn> replayed) {}

  /** {@code pg_stat_replication.state}. */
  public enum State implements Labelled {
    STARTUP,
    CATCHUP,
    STREAMING,
    BACKUP,
    STOPPING,
    /** One that this version of pgtopo does not know. */
    OTHER
  }

  /** {@code pg_stat_replication.sync_state}: meaningful on a server in production only. */
  public enum SyncState implements Labelled {
    ASYNC,
    POTENTIAL,
    SYNC,
    QUORUM,
    /** One that this version of pgtopo does not know. */
    OTHER
  }
}
