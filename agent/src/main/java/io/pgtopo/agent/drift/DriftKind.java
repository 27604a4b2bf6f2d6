package io.pgtopo.agent.drift;

import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.Labelled;
import java.util.Arrays;
import java.util.List;

/**
 * The kinds of drift, worst first, one row each; a comment says why a kind is, or is not, excused
 * during a switchover. A label is a metric label and an API value: never rename one.
 */
public enum DriftKind implements Labelled {
  /** Two servers of one cluster accept writes. */
  // Two that accept writes in two cycles are no switchover, however long it takes.
  MULTIPLE_PRIMARIES(Scope.CLUSTER, Severity.CRITICAL, Impact.HARMS),
  /** All members answer, and none accepts writes. */
  // The old primary is down, and the new one still in recovery.
  NO_PRIMARY(
      Scope.CLUSTER,
      Severity.CRITICAL,
      Impact.HARMS,
      Flag.LIKE_A_SWITCHOVER,
      Flag.NEEDS_THE_PRIMARY),
  /**
   * A replica has WAL that its upstream never wrote; both ends of its link, or positions, prove it.
   */
  // WAL that differs stays so by itself.
  DIVERGED(Scope.INSTANCE, Severity.CRITICAL, Impact.HARMS),
  /** A member has WAL past the point where its upstream's timeline left its own. */
  // It can never follow again by itself.
  TIMELINE_FORK(Scope.INSTANCE, Severity.CRITICAL, Impact.HARMS),
  /** Standbys stream from each other in a circle, and no WAL can come in. */
  REPLICATION_LOOP(Scope.INSTANCE, Severity.CRITICAL, Impact.HARMS),
  /** A member has another system identifier than its cluster. */
  FOREIGN_SYSTEM_ID(Scope.INSTANCE, Severity.CRITICAL, Impact.HARMS),
  /** Commits wait for a synchronous standby that does not stream, or confirms nothing. */
  // Commits that wait that long are an outage, whatever the cause.
  COMMITS_BLOCKED(Scope.CLUSTER, Severity.CRITICAL, Impact.HARMS, Flag.NEEDS_THE_PRIMARY),
  /** Most nodes are silent at once: the agent's own network is the likely cause. */
  AGENT_ISOLATED(Scope.CLUSTER, Severity.WARNING, Impact.BLIND),
  /** The primary has no standby left: no replica gets its WAL. */
  // All standbys come back one after the other.
  NO_STANDBY(
      Scope.CLUSTER,
      Severity.WARNING,
      Impact.HARMS,
      Flag.LIKE_A_SWITCHOVER,
      Flag.NEEDS_THE_PRIMARY),
  /** A member goes down and comes back again and again. */
  // A switchover restarts a server once.
  RESTART_LOOP(Scope.INSTANCE, Severity.WARNING, Impact.HARMS),
  /** A member did not answer. */
  // A server that is demoted or rewound is restarted.
  INSTANCE_UNREACHABLE(Scope.INSTANCE, Severity.WARNING, Impact.SILENT, Flag.LIKE_A_SWITCHOVER),
  /** A member answers on existing connections and accepts no new one. */
  // A server that is stopped with the mode smart looks so until its last session ends.
  CONNECTIONS_REFUSED(Scope.INSTANCE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** A member's address leads to the server of another member. */
  DUPLICATE_INSTANCE(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS_AND_HIDES),
  /** A member's address leads to different servers at different times. */
  SHARED_ADDRESS(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS_AND_HIDES),
  /** A primary where a replica is declared, or the reverse. */
  // Swapped roles are what a switchover leaves behind, not how it looks while it lasts.
  ROLE_MISMATCH(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS),
  /** A replica streams from another upstream than declared. */
  // Replicas are pointed at the new primary one after the other.
  UPSTREAM_MISMATCH(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS, Flag.LIKE_A_SWITCHOVER),
  /** A replica is not streaming: it has no walreceiver, or its link stands still or is silent. */
  // A walreceiver ends with its upstream, and starts again within wal_retrieve_retry_interval.
  REPLICA_DETACHED(Scope.INSTANCE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** A replica streams from a standby that receives nothing itself. */
  // So does the walreceiver of a standby in the middle of a cascade.
  ORPHANED_REPLICA(Scope.INSTANCE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** WAL replay of a replica is paused, or stands still. */
  REPLAY_PAUSED(Scope.INSTANCE, Severity.WARNING, Impact.HARMS),
  /** A replica replays with another delay than declared. */
  DELAY_MISMATCH(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS),
  /** A replica is further behind its primary than the policy allows. */
  // A standby that comes back has to catch up.
  REPLICATION_LAG(Scope.INSTANCE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** Fewer synchronous standbys stream than commits wait for. */
  // Standbys come back one after the other.
  SYNC_STANDBY_MISSING(
      Scope.CLUSTER,
      Severity.WARNING,
      Impact.HARMS,
      Flag.LIKE_A_SWITCHOVER,
      Flag.NEEDS_THE_PRIMARY),
  /** New sessions of a primary are read-only. */
  PRIMARY_READ_ONLY(Scope.INSTANCE, Severity.WARNING, Impact.HARMS),
  /** A replica is set to stay on a timeline that its upstream has left. */
  TIMELINE_BEHIND(Scope.INSTANCE, Severity.WARNING, Impact.HARMS),
  /** A replica has a lower setting than its primary, which pauses replay or prevents its start. */
  PARAMETERS_TOO_LOW(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A member answers on the node of another declared instance. */
  ADDRESS_MISMATCH(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS),
  /** The virtual address or the DNS name of a cluster leads to another server than its primary. */
  // vip-manager moves it some seconds after the switchover.
  VIP_MISPLACED(
      Scope.VIP, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER, Flag.NEEDS_THE_PRIMARY),
  /** Clients get no server through a service, at some or all of its addresses. */
  // A load balancer has no server for a moment.
  SERVICE_DOWN(Scope.SERVICE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** A load balancer has other servers behind a service, or another service, than declared. */
  BACKEND_MISMATCH(Scope.SERVICE, Severity.WARNING, Impact.DIFFERS),
  /** The HA manager believes something else of a member than PostgreSQL reports. */
  // It learns of a change some seconds after the server.
  MANAGER_DISAGREES(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS, Flag.LIKE_A_SWITCHOVER),
  /** The HA manager has been paused for longer than the policy allows. */
  MANAGER_PAUSED(Scope.CLUSTER, Severity.WARNING, Impact.DIFFERS),
  /** Another major version than declared. */
  VERSION_MISMATCH(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS),
  /** A server does not archive its WAL: the last attempt failed, or none ends. */
  ARCHIVING_FAILS(Scope.INSTANCE, Severity.WARNING, Impact.HARMS),
  /** A slot is invalidated, and its user cannot go on through it. */
  SLOT_LOST(Scope.SLOT, Severity.WARNING, Impact.HARMS),
  /** A standby does not hold the failover slots of its primary, or cannot synchronize them. */
  // The standbys of a new primary take its slots one after the other.
  FAILOVER_SLOT_UNSYNCED(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS, Flag.LIKE_A_SWITCHOVER),
  /** {@code synchronized_standby_slots} names a slot that is not there: subscribers wait for it. */
  STANDBY_SLOT_MISSING(Scope.INSTANCE, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** An inactive slot of a primary that no known instance uses. */
  SLOT_ORPHANED(Scope.SLOT, Severity.WARNING, Impact.DIFFERS),
  /** A slot is inactive, and WAL piles up for its user. */
  // The slot of a standby that is not back yet keeps WAL.
  SLOT_RETAINS_WAL(Scope.SLOT, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** No worker applies the changes of a subscription that is enabled. */
  // It has none until the new primary is found, or its own server is promoted.
  SUBSCRIPTION_DOWN(Scope.SUBSCRIPTION, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** The workers of a subscription fail again and again. */
  SUBSCRIPTION_FAILING(Scope.SUBSCRIPTION, Severity.WARNING, Impact.HARMS),
  /** Tables of a subscription wait for their data, and none is being copied. */
  // The copy goes on once the new primary is found.
  SUBSCRIPTION_INCOMPLETE(
      Scope.SUBSCRIPTION, Severity.WARNING, Impact.HARMS, Flag.LIKE_A_SWITCHOVER),
  /** A subscription receives from a server of another system identifier than before. */
  // A switchover keeps the system identifier.
  PUBLISHER_CHANGED(Scope.SUBSCRIPTION, Severity.WARNING, Impact.DIFFERS),
  /** An undeclared server belongs to the cluster by replication or by name. */
  // A clone is as undeclared during a switchover as before.
  UNDECLARED_INSTANCE(Scope.INSTANCE, Severity.WARNING, Impact.DIFFERS),
  /** A database is declared, and the primary does not have it. */
  DATABASE_MISSING(Scope.DATABASE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A database differs from its declaration, or is declared to be absent. */
  DATABASE_MISMATCH(Scope.DATABASE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A database exists that the cluster does not declare. */
  DATABASE_UNDECLARED(Scope.DATABASE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A role (user) is declared, and the primary does not have it. */
  DATABASE_ROLE_MISSING(Scope.ROLE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A role (user) differs from its declaration, or is declared to be absent. */
  DATABASE_ROLE_MISMATCH(Scope.ROLE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A role (user) exists that the cluster does not declare. */
  DATABASE_ROLE_UNDECLARED(Scope.ROLE, Severity.WARNING, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** An ignore rule has expired. */
  IGNORE_RULE_EXPIRED(Scope.RULE, Severity.WARNING, Impact.DIFFERS),
  /** Another member than declared is the primary, or leads the standby cluster. */
  // It is what a switchover leaves behind, not how it looks while it lasts.
  ROLE_SWAPPED(Scope.CLUSTER, Severity.INFO, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** A service leads to a server of another role than it is for, or to none. */
  // It is what a switchover leaves behind.
  SERVICE_MISROUTED(Scope.SERVICE, Severity.INFO, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** Members of one cluster run different minor versions. */
  VERSION_MIX(Scope.CLUSTER, Severity.INFO, Impact.DIFFERS, Flag.NEEDS_THE_PRIMARY),
  /** The clocks of two members of a cluster differ by more than 2 s. */
  CLOCK_SKEW(Scope.CLUSTER, Severity.INFO, Impact.DIFFERS),
  /** Something could not be verified, and why: neither drift nor agreement. */
  // The kind that it is about decides.
  UNVERIFIABLE(Scope.ANY, Severity.UNKNOWN, Impact.BLIND);

  /** What a drift of a kind is about. */
  public enum Scope {
    CLUSTER,
    INSTANCE,
    SLOT,
    VIP,
    DATABASE,
    ROLE,
    SERVICE,
    SUBSCRIPTION,
    RULE,
    /** What the kind that could not be verified is about. */
    ANY
  }

  /** What is true of some kinds only. */
  private enum Flag {
    /** A switchover, a failover or a restart looks so while it lasts: the grace applies. */
    LIKE_A_SWITCHOVER,
    /** It cannot be evaluated while it is unknown which member is the primary. */
    NEEDS_THE_PRIMARY
  }

  private final Scope scope;
  private final Severity severity;
  private final Impact impact;
  private final boolean isLikeASwitchover;
  private final boolean needsThePrimary;

  DriftKind(Scope scope, Severity severity, Impact impact, Flag... flags) {
    this.scope = scope;
    this.severity = severity;
    this.impact = impact;
    this.isLikeASwitchover = List.of(flags).contains(Flag.LIKE_A_SWITCHOVER);
    this.needsThePrimary = List.of(flags).contains(Flag.NEEDS_THE_PRIMARY);
  }

  /** What a drift of this kind is about. */
  public Scope scope() {
    return scope;
  }

  /** How bad it is, unless the drift or a policy says otherwise. */
  public Severity severity() {
    return severity;
  }

  /** What it means for its cluster. */
  public Impact impact() {
    return impact;
  }

  /** Whether a switchover, a failover or a restart looks so while it lasts. */
  public boolean isLikeASwitchover() {
    return isLikeASwitchover;
  }

  /** Whether it cannot be evaluated while it is unknown which member is the primary. */
  public boolean needsThePrimary() {
    return needsThePrimary;
  }

  /** The words that a policy may use; one for what is unverifiable names the kind in question. */
  public static DriftVocabulary vocabulary() {
    return new DriftVocabulary(
        Arrays.stream(values()).filter(kind -> kind != UNVERIFIABLE).map(DriftKind::label).toList(),
        Severity.ratings());
  }
}
