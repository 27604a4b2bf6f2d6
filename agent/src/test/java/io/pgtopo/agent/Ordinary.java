package io.pgtopo.agent;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerTime;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalDirectory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an ordinary server reports of what a test does not care for. */
public final class Ordinary {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private Ordinary() {}

  /** The server's clock. */
  public static final ServerTime TIME =
      new ServerTime(NOW, NOW.minusSeconds(86_400), Optional.empty());

  /** PostgreSQL's defaults, no databases and no roles. */
  public static final Survey SURVEY =
      new Survey(
          NOW,
          "dbuser_monitor",
          new TreeMap<>(
              Map.ofEntries(
                  Map.entry("archive_mode", "off"),
                  Map.entry("data_checksums", "on"),
                  Map.entry("default_transaction_read_only", "off"),
                  Map.entry("hot_standby", "on"),
                  Map.entry("max_connections", "100"),
                  Map.entry("max_locks_per_transaction", "64"),
                  Map.entry("max_prepared_transactions", "0"),
                  Map.entry("max_replication_slots", "10"),
                  Map.entry("max_wal_senders", "10"),
                  Map.entry("max_worker_processes", "8"),
                  Map.entry("recovery_target", ""),
                  Map.entry("recovery_target_lsn", ""),
                  Map.entry("recovery_target_name", ""),
                  Map.entry("recovery_target_time", ""),
                  Map.entry("recovery_target_timeline", "latest"),
                  Map.entry("recovery_target_xid", ""),
                  Map.entry("synchronous_commit", "on"),
                  Map.entry("synchronous_standby_names", ""),
                  Map.entry("wal_level", "replica"),
                  Map.entry("wal_log_hints", "off"),
                  Map.entry("wal_receiver_status_interval", "10"),
                  Map.entry("wal_receiver_timeout", "60000"),
                  Map.entry("wal_segment_size", "16777216"),
                  Map.entry("wal_sender_timeout", "60000"))),
          List.of(),
          List.of(),
          Reading.seen(WalDirectory.EMPTY));
}
