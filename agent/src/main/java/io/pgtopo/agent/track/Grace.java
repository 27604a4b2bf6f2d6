package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long what a switchover looks like is still excused. It counts down by the time between
 * cycles, so that a clock that is set back or forth does no harm.
 *
 * @param everywhere what is left of the grace after the agent's own start
 * @param clusters what is left where a server was restarted, promoted or demoted
 */
public record Grace(Duration everywhere, SortedMap<String, Duration> clusters) {

  public Grace {
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
  }

  /** The grace of an agent that starts. */
  static Grace starting(Duration full) {
    return new Grace(full, new TreeMap<>());
  }

  /** What is left a while later, when these clusters are unsettled anew. */
  Grace next(Duration elapsed, Set<String> unsettled, Duration full) {
    var left = new TreeMap<String, Duration>();
    clusters.forEach((cluster, before) -> left.put(cluster, before.minus(elapsed)));
    left.values().removeIf(rest -> !rest.isPositive());
    if (full.isPositive()) {
      unsettled.forEach(cluster -> left.put(cluster, full));
    }
    var rest = everywhere.minus(elapsed);
    return new Grace(rest.isPositive() ? rest : Duration.ZERO, left);
  }

  /** Whether a drift is to stay pending for now. */
  boolean excuses(Drift.Key key) {
    return isLikeASwitchover(key.about().orElse(key.kind()))
        && (everywhere.isPositive() || clusters.containsKey(key.subject().cluster()));
  }

  /**
   * Which kinds a switchover, a failover or a restart looks like while it lasts, and why. All
   * others are proved by a server's own word, and fire after the hold.
   */
  private static boolean isLikeASwitchover(DriftKind kind) {
    return switch (kind) {
      // The old primary is down, and the new one still in recovery.
      case NO_PRIMARY -> true;
      // A server that is demoted or rewound is restarted.
      case INSTANCE_UNREACHABLE -> true;
      // Replicas are turned to the new primary one after the other.
      case UPSTREAM_MISMATCH -> true;
      // A walreceiver ends with its upstream, and starts again within wal_retrieve_retry_interval.
      case REPLICA_DETACHED -> true;
      // So does that of a standby in the middle of a cascade.
      case ORPHANED_REPLICA -> true;
      // Standbys come back one after the other, and the slot of one that is not back yet keeps WAL.
      case SYNC_STANDBY_MISSING, SLOT_RETAINS_WAL, REPLICATION_LAG -> true;
      // It follows the primary, some seconds later.
      case VIP_MISPLACED -> true;
      // Two that accept writes in two cycles are no switchover, however long it takes.
      case MULTIPLE_PRIMARIES -> false;
      // WAL that differs, or that cannot come in, stays so by itself.
      case DIVERGED, TIMELINE_FORK, REPLICATION_LOOP, FOREIGN_SYSTEM_ID -> false;
      // Commits that wait that long are an outage, whatever it is that makes them wait.
      case COMMITS_BLOCKED -> false;
      // Roles that were swapped are what a switchover leaves behind, not how it looks.
      case ROLE_MISMATCH, ROLE_SWAPPED -> false;
      // These concern the network of the agent, or what no switchover changes by itself.
      case AGENT_ISOLATED,
          DUPLICATE_INSTANCE,
          REPLAY_PAUSED,
          DELAY_MISMATCH,
          PRIMARY_READ_ONLY,
          TIMELINE_BEHIND,
          PARAMETERS_TOO_LOW,
          VERSION_MISMATCH,
          VERSION_MIX,
          ARCHIVING_FAILS,
          SHARED_ADDRESS,
          ADDRESS_MISMATCH,
          DATABASE_MISSING,
          DATABASE_MISMATCH,
          DATABASE_UNDECLARED,
          DATABASE_ROLE_MISSING,
          DATABASE_ROLE_MISMATCH,
          DATABASE_ROLE_UNDECLARED,
          IGNORE_RULE_EXPIRED,
          SLOT_LOST,
          SLOT_ORPHANED ->
          false;
      // A clone is as undeclared during a switchover as before.
      case UNDECLARED_INSTANCE -> false;
      // It is judged by the kind that it is about.
      case UNVERIFIABLE -> false;
    };
  }
}
