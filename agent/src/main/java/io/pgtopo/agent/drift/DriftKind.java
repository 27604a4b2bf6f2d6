package io.pgtopo.agent.drift;

import io.pgtopo.config.model.DriftVocabulary;
import java.util.Arrays;
import java.util.Locale;

/**
 * The kinds of drift, worst first. A label is a metric label and an API value: never rename one.
 */
public enum DriftKind {
  /** Two members of one family and one declared cluster accept writes. */
  MULTIPLE_PRIMARIES(Severity.CRITICAL),
  /** All members answer and none accepts writes. */
  NO_PRIMARY(Severity.CRITICAL),
  /** A replica has WAL that its own upstream never wrote, on the same timeline. */
  DIVERGED(Severity.CRITICAL),
  /** A replica replayed past the point where its upstream's timeline left its own. */
  TIMELINE_FORK(Severity.CRITICAL),
  /** Standbys follow each other in a circle, and no WAL can come in. */
  REPLICATION_LOOP(Severity.CRITICAL),
  /** A member is not a physical copy of its cluster. */
  FOREIGN_SYSTEM_ID(Severity.CRITICAL),
  /** Commits wait for a synchronous standby that is not there. */
  COMMITS_BLOCKED(Severity.CRITICAL),
  /** So much is silent at once that the agent's own network is the likely cause. */
  AGENT_ISOLATED(Severity.WARNING),
  /** A member did not answer. */
  INSTANCE_UNREACHABLE(Severity.WARNING),
  /** A member's address leads to the server of another one. */
  DUPLICATE_INSTANCE(Severity.WARNING),
  /** A member's address leads to different servers at different times. */
  SHARED_ADDRESS(Severity.WARNING),
  /** A member is a primary where a replica is declared, or the reverse. */
  ROLE_MISMATCH(Severity.WARNING),
  /** A replica follows another upstream than declared. */
  UPSTREAM_MISMATCH(Severity.WARNING),
  /** A replica follows nobody. */
  REPLICA_DETACHED(Severity.WARNING),
  /** A replica streams from a standby that receives nothing itself. */
  ORPHANED_REPLICA(Severity.WARNING),
  /** A replica was told to stop replaying. */
  REPLAY_PAUSED(Severity.WARNING),
  /** A replica replays with another delay than declared. */
  DELAY_MISMATCH(Severity.WARNING),
  /** A replica is further behind its primary than the policy allows. */
  REPLICATION_LAG(Severity.WARNING),
  /** Fewer synchronous standbys stream than commits wait for. */
  SYNC_STANDBY_MISSING(Severity.WARNING),
  /** A primary whose new sessions are read-only. */
  PRIMARY_READ_ONLY(Severity.WARNING),
  /** A replica is told to stay on a timeline that its upstream has left. */
  TIMELINE_BEHIND(Severity.WARNING),
  /** A standby has less of a setting than its primary, and pauses or does not start for that. */
  PARAMETERS_TOO_LOW(Severity.WARNING),
  /** A member answers on the node of another declared instance. */
  ADDRESS_MISMATCH(Severity.WARNING),
  /** The virtual address of a cluster leads to another server than its primary. */
  VIP_MISPLACED(Severity.WARNING),
  /** Another major version than declared. */
  VERSION_MISMATCH(Severity.WARNING),
  /** The last attempt of a primary to archive its WAL failed. */
  ARCHIVING_FAILS(Severity.WARNING),
  /** A slot has lost WAL that it should have kept. */
  SLOT_LOST(Severity.WARNING),
  /** An inactive slot that no known instance uses. */
  SLOT_ORPHANED(Severity.WARNING),
  /** A member's slot is not in use, and keeps more WAL than is kept anyway. */
  SLOT_RETAINS_WAL(Severity.WARNING),
  /** Somebody belongs to the cluster by replication, and is declared nowhere. */
  UNDECLARED_INSTANCE(Severity.WARNING),
  /** A database is declared, and the primary does not have it. */
  DATABASE_MISSING(Severity.WARNING),
  /** A database is there otherwise than declared, or declared to be absent. */
  DATABASE_MISMATCH(Severity.WARNING),
  /** A database is there, and declared nowhere. */
  DATABASE_UNDECLARED(Severity.WARNING),
  /** A role of the database is declared, and the primary does not have it. */
  DATABASE_ROLE_MISSING(Severity.WARNING),
  /** A role of the database is there otherwise than declared, or declared to be absent. */
  DATABASE_ROLE_MISMATCH(Severity.WARNING),
  /** A role of the database is there, and declared nowhere. */
  DATABASE_ROLE_UNDECLARED(Severity.WARNING),
  /** An ignore rule does not work any more. */
  IGNORE_RULE_EXPIRED(Severity.WARNING),
  /** Another member than declared is the primary, and the cluster is well. */
  ROLE_SWAPPED(Severity.INFO),
  /** Members of one cluster run different minor versions. */
  VERSION_MIX(Severity.INFO),
  /** Something could not be judged. */
  UNVERIFIABLE(Severity.UNKNOWN);

  private final Severity severity;

  DriftKind(Severity severity) {
    this.severity = severity;
  }

  /** How bad it is, unless the drift or a policy says otherwise. */
  public Severity severity() {
    return severity;
  }

  /**
   * The words in which a policy speaks of drift. What cannot be judged is spoken of as its kind.
   */
  public static DriftVocabulary vocabulary() {
    return new DriftVocabulary(
        Arrays.stream(values()).filter(kind -> kind != UNVERIFIABLE).map(DriftKind::label).toList(),
        Severity.ratings());
  }

  /** Lower case, stable. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
