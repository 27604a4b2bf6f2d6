package io.pgtopo.agent.observation;

import java.util.Optional;

/**
 * A row of {@code pg_replication_slots}, readable by every role.
 *
 * @param activePid the walsender that uses it; empty if none does
 * @param restart {@code restart_lsn}: the oldest WAL kept for it
 * @param walStatus {@code wal_status}, 13+: reserved, extended, unreserved or lost
 */
public record ReplicationSlot(
    String name,
    Type type,
    Optional<Integer> activePid,
    Optional<Lsn> restart,
    Optional<String> walStatus) {

  /** {@code slot_type}. */
  public enum Type {
    PHYSICAL,
    LOGICAL
  }
}
