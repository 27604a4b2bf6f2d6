package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The downstream end of a replication link: a row of {@code pg_stat_wal_receiver}, pg_monitor.
 *
 * @param statusText {@code status}, as PostgreSQL spells it
 * @param upstream host and port it is connected to: {@code sender_host} and {@code sender_port} on
 *     11+, the first of {@code conninfo} on 10
 * @param applicationName the application name that the upstream sees; empty if neither the
 *     connection string nor {@code cluster_name} sets one
 */
public record WalReceiver(
    Backend backend,
    String statusText,
    Optional<HostPort> upstream,
    String applicationName,
    Optional<String> slot,
    Progress progress) {

  /** What {@code status} means, as far as it is known. */
  public Status status() {
    return Labelled.parse(statusText, Status.values(), Status.OTHER);
  }

  /**
   * Its positions, and how fresh they are.
   *
   * @param flushed {@code flushed_lsn}, {@code received_lsn} before 13
   * @param latestEnd {@code latest_end_lsn}: the end of the upstream's WAL, as last reported to it
   * @param silentFor since {@code last_msg_receipt_time}, both by the standby's clock; up to half
   *     of {@code wal_receiver_timeout} on a link that is idle
   * @param sentAt {@code last_msg_send_time}, by the upstream's clock
   */
  public record Progress(
      Optional<Lsn> flushed,
      Optional<Lsn> latestEnd,
      Optional<Duration> silentFor,
      Optional<Instant> sentAt) {
    /** Nothing is known of it. */
    public static final Progress NONE =
        new Progress(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** {@code pg_stat_wal_receiver.status}. {@code STREAMING} alone is no proof up to PG 18. */
  public enum Status implements Labelled {
    STOPPED,
    STARTING,
    CONNECTING,
    STREAMING,
    WAITING,
    RESTARTING,
    STOPPING,
    /** One that this version of pgtopo does not know. */
    OTHER
  }
}
