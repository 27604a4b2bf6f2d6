package io.pgtopo.agent.observation;

import java.time.Duration;
import java.util.Optional;

/**
 * The recovery settings of a standby, 12+; before, they are in recovery.conf, which SQL cannot
 * read.
 *
 * @param configuredUpstream host and port of {@code primary_conninfo}: empty if unset; denied
 *     without {@code pg_read_all_settings}
 * @param slot {@code primary_slot_name}
 * @param applyDelay {@code recovery_min_apply_delay}
 * @param database whether {@code primary_conninfo} names a database, which only the synchronization
 *     of slots needs
 * @param archive whether {@code restore_command} is set
 */
public record RecoverySettings(
    Reading<Optional<HostPort>> configuredUpstream,
    Optional<String> slot,
    Duration applyDelay,
    UpstreamDatabase database,
    Archive archive) {

  /** Whether a connection string names a database. */
  public enum UpstreamDatabase {
    NAMED,
    UNNAMED,
    HIDDEN
  }

  /** Whether WAL may be restored from an archive. */
  public enum Archive {
    NONE,
    RESTORES
  }
}
