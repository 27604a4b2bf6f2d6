package io.pgtopo.agent.observation;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The downstream end of a replication link: a row of {@code pg_stat_wal_receiver}, pg_monitor.
 *
 * @param statusText {@code status}, in PostgreSQL's word
 * @param upstream host and port it is connected to: {@code sender_host} and {@code sender_port} on
 *     11+, the first of {@code conninfo} on 10
 * @param announcedName the application name that the upstream sees; empty if neither the connection
 *     string nor {@code cluster_name} sets one
 */
public record WalReceiver(
    Backend backend,
    String statusText,
    Optional<HostPort> upstream,
    String announcedName,
    Optional<String> slot,
    Progress progress) {

  /** What {@code status} means, as far as it is known. */
  public Status status() {
    return Status.parse(statusText);
  }

  /**
   * How far it is, and how fresh that is.
   *
   * @param flushed {@code flushed_lsn}, {@code received_lsn} before 13
   * @param latestEnd {@code latest_end_lsn}: how far the upstream said it is
   * @param silentFor since {@code last_msg_receipt_time}, both by the standby's clock; up to half
   *     of {@code wal_receiver_timeout} on a link that is idle
   */
  public record Progress(
      Optional<Lsn> flushed, Optional<Lsn> latestEnd, Optional<Duration> silentFor) {
    /** Nothing is known of it. */
    public static final Progress NONE =
        new Progress(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** {@code pg_stat_wal_receiver.status}. {@code STREAMING} alone is no proof up to PG 18. */
  public enum Status {
    STOPPED,
    STARTING,
    CONNECTING,
    STREAMING,
    WAITING,
    RESTARTING,
    STOPPING,
    /** A word that this version of pgtopo does not know. */
    OTHER;

    /** The status for PostgreSQL's word. */
    public static Status parse(String word) {
      for (var status : values()) {
        if (status.label().equals(word)) {
          return status;
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
