package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.DriftKind;

/** What a kind of drift means for its cluster. */
enum Impact {
  /** Something differs, and the cluster suffers. */
  HARMS,
  /** Something differs. */
  DIFFERS,
  /** Something differs, and hides whether the cluster suffers. */
  DIFFERS_AND_HIDES,
  /** Something suffers that cannot be compared. */
  SILENT,
  /** Nothing can be told. */
  BLIND;

  static Impact of(DriftKind kind) {
    return switch (kind) {
      case MULTIPLE_PRIMARIES,
          NO_PRIMARY,
          DIVERGED,
          TIMELINE_FORK,
          REPLICATION_LOOP,
          FOREIGN_SYSTEM_ID,
          REPLICA_DETACHED,
          ORPHANED_REPLICA,
          REPLAY_PAUSED,
          REPLICATION_LAG,
          VIP_MISPLACED,
          COMMITS_BLOCKED,
          SYNC_STANDBY_MISSING,
          PRIMARY_READ_ONLY,
          TIMELINE_BEHIND,
          ARCHIVING_FAILS,
          SLOT_LOST,
          SLOT_RETAINS_WAL ->
          HARMS;
      case ROLE_MISMATCH,
          ROLE_SWAPPED,
          UPSTREAM_MISMATCH,
          DELAY_MISMATCH,
          PARAMETERS_TOO_LOW,
          VERSION_MISMATCH,
          VERSION_MIX,
          SLOT_ORPHANED,
          UNDECLARED_INSTANCE,
          ADDRESS_MISMATCH,
          DATABASE_MISSING,
          DATABASE_MISMATCH,
          DATABASE_UNDECLARED,
          DATABASE_ROLE_MISSING,
          DATABASE_ROLE_MISMATCH,
          DATABASE_ROLE_UNDECLARED,
          IGNORE_RULE_EXPIRED ->
          DIFFERS;
      case DUPLICATE_INSTANCE, SHARED_ADDRESS -> DIFFERS_AND_HIDES;
      case INSTANCE_UNREACHABLE -> SILENT;
      case AGENT_ISOLATED, UNVERIFIABLE -> BLIND;
    };
  }

  boolean isDifference() {
    return this == HARMS || this == DIFFERS || this == DIFFERS_AND_HIDES;
  }

  boolean isHarm() {
    return this == HARMS || this == SILENT;
  }

  boolean isIgnorance() {
    return this == BLIND || this == DIFFERS_AND_HIDES;
  }
}
