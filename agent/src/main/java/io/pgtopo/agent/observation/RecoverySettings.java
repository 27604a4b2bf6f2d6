package io.pgtopo.agent.observation;

import java.time.Duration;
import java.util.Optional;

/**
 * How a standby is told to recover; settings since PostgreSQL 12, a file that SQL cannot read
 * before.
 *
 * @param configuredUpstream host and port of {@code primary_conninfo}, where no walreceiver tells:
 *     empty if unset; denied without {@code pg_read_all_settings}
 * @param slot {@code primary_slot_name}
 * @param applyDelay {@code recovery_min_apply_delay}
 * @param archive whether {@code restore_command} is set
 */
public record RecoverySettings(
    Reading<Optional<HostPort>> configuredUpstream,
    Optional<String> slot,
    Duration applyDelay,
    Archive archive) {

  /** Whether WAL may come from an archive instead of an upstream. */
  public enum Archive {
    NONE,
    RESTORES
  }
}
