package io.pgtopo.agent.failover;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.LowParameter;
import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One thing that a failover or a switchover depends on, or that it breaks; with its facts. */
public sealed interface Concern {

  /** About the cluster as a whole. */
  sealed interface OfCluster extends Concern {}

  /** Several servers accept writes: nothing is promoted before that is settled. */
  record SeveralPrimaries(List<LiveInstance> primaries) implements OfCluster {
    public SeveralPrimaries {
      primaries = List.copyOf(primaries);
    }
  }

  /** No server is seen that accepts writes: what it wrote last is unknown. */
  record NoPrimarySeen(Cluster cluster) implements OfCluster {}

  /** A standby cluster has no primary of its own. */
  record FollowsOutside(Cluster cluster, Optional<Peer> upstream) implements OfCluster {}

  /** The server that accepts writes is no member, and no member streams from it. */
  record ForeignPrimary(LiveInstance primary) implements OfCluster {}

  /** Members of which no server of their own was seen: one may be a second primary. */
  record UnseenMembers(List<Instance> members) implements OfCluster {
    public UnseenMembers {
      members = List.copyOf(members);
    }
  }

  /** No member could be promoted. */
  record NoCandidate(Cluster cluster) implements OfCluster {}

  /**
   * The one member that is asked about could not be promoted.
   *
   * @param live empty if no server of its own is seen
   */
  record NotPromotable(Instance member, Optional<LiveInstance> live, LiveInstance primary)
      implements OfCluster {}

  /** A drift that is open. */
  record OpenDrift(Drift drift) implements OfCluster {}

  /** A kind of drift that could not be evaluated of a member. */
  record NotEvaluated(DriftKind missing, Instance member) implements OfCluster {}

  /** What was polled is too old to answer from. */
  record OldPositions(Duration age) implements OfCluster {}

  /** A server does not show a setting or a view. */
  record FactHidden(LiveInstance server, String fact) implements OfCluster {}

  /** About the candidate itself. */
  sealed interface OfCandidate extends Concern {}

  /** Why it is not to lead. Its label is an API value. */
  enum Intent implements Labelled {
    /** Its declared role is {@code offline}. */
    OFFLINE,
    /** It is declared to be delayed, or is. */
    DELAYED,
    /** Its HA manager never promotes it: Patroni's tag {@code nofailover}. */
    EXCLUDED
  }

  /** A member that is kept for something else than to lead. */
  record KeptFromLeading(Instance member, Intent intent) implements OfCandidate {}

  /** Its link to the primary does not stream, or it is not known whether it does. */
  record NotStreaming(LiveInstance candidate, Streaming streaming) implements OfCandidate {}

  /** It receives WAL through another member, which may have more. */
  record BehindMember(LiveInstance candidate, Peer upstream) implements OfCandidate {}

  /** Commits are acknowledged before it has them. */
  record Asynchronous(LiveInstance primary, LiveInstance candidate) implements OfCandidate {}

  /**
   * What it lacks, beside what is declared to be allowed.
   *
   * @param allowedBytes {@code pg_rpo}
   * @param isPatroni whether Patroni promotes: not by itself one that lacks more ({@code
   *     maximum_lag_on_failover})
   */
  record AllowedLoss(LiveInstance candidate, LostWal lost, long allowedBytes, boolean isPatroni)
      implements OfCandidate {}

  /**
   * Commits wait for some of several standbys, so that another one may have what it has not.
   *
   * @param listed how many there are to wait for
   * @param hasEarlier whether it has what was acknowledged before commits waited for these
   */
  record QuorumOfOthers(
      LiveInstance primary, SynchronousStandbys standbys, int listed, boolean hasEarlier)
      implements OfCandidate {}

  /** It is synchronous, but perhaps only since commits that it has not. */
  record RecentlySynchronous(LiveInstance primary, LiveInstance candidate) implements OfCandidate {}

  /** {@code synchronous_commit} of the primary does not wait for standbys. */
  record CommitsDoNotWait(LiveInstance primary, String synchronousCommit) implements OfCandidate {}

  /** Sessions of some roles or databases do not wait for standbys, whatever the server does. */
  record SomeCommitsDoNotWait(LiveInstance primary, List<CommitOverride> overrides)
      implements OfCandidate {
    public SomeCommitsDoNotWait {
      overrides = List.copyOf(overrides);
    }
  }

  /** Its recovery ends at a target, before the end of the WAL. */
  record StopsAtTarget(LiveInstance candidate, String setting, String target)
      implements OfCandidate {}

  /** New sessions of it would be read-only. */
  record ReadOnlyAfterwards(LiveInstance candidate) implements OfCandidate {}

  /** It runs an older minor version than the primary. */
  record OlderMinor(LiveInstance candidate, ServerVersion has, ServerVersion primary)
      implements OfCandidate {}

  /** About all that depends on who leads. */
  sealed interface OfOthers extends Concern {}

  /** The primary archives WAL, and it would not. */
  record ArchivesNothing(LiveInstance candidate, String archiveMode) implements OfOthers {}

  /** The slots of the primary need a higher {@code wal_level} than it has. */
  record WalLevelTooLow(LiveInstance candidate, String needed, String has) implements OfOthers {}

  /**
   * Its commits would wait for standbys that are not there.
   *
   * @param waived by this {@code synchronous_commit} most of them would not; empty if they would
   */
  record CommitsWouldWait(
      LiveInstance candidate, SynchronousStandbys standbys, int present, Optional<String> waived)
      implements OfOthers {}

  /** It would have fewer walsenders than members that follow. */
  record TooFewWalSenders(LiveInstance candidate, long max, int needed) implements OfOthers {}

  /** A member that is set to stay on the timeline that a promotion ends. */
  record StaysOnTimeline(Instance member, String target) implements OfOthers {}

  /** A member with lower settings than the candidate: it would not replay what that one writes. */
  record SettingsTooLow(Instance member, LiveInstance candidate, List<LowParameter> parameters)
      implements OfOthers {
    public SettingsTooLow {
      parameters = List.copyOf(parameters);
    }
  }

  /** A member that needs WAL which the candidate has removed. */
  record NeedsRemovedWal(Instance member, LiveInstance candidate) implements OfOthers {}

  /**
   * Members that may have received WAL which the candidate has not, unless the primary was shut
   * down cleanly: then these need a rewind.
   */
  record MayBeAhead(List<Instance> members) implements OfOthers {
    public MayBeAhead {
      members = List.copyOf(members);
    }
  }

  /** No HA manager is seen: who follows must be pointed at the candidate by hand. */
  record FollowsByHand(List<Peer> followers) implements OfOthers {
    public FollowsByHand {
      followers = List.copyOf(followers);
    }
  }

  /** A member streams through a slot that the candidate has not. */
  record SlotToCreate(Instance member, String slot) implements OfOthers {}

  /**
   * A logical slot that the candidate has not: it ends with the primary.
   *
   * @param link to its client; empty if none is known
   */
  record SlotEnds(LiveInstance candidate, ReplicationSlot slot, Optional<LogicalLink> link)
      implements OfOthers {}

  /**
   * A logical slot of which the candidate has one that is not proven to be its copy.
   *
   * @param link to its client; empty if none is known
   */
  record SlotUnproven(LiveInstance candidate, ReplicationSlot slot, Optional<LogicalLink> link)
      implements OfOthers {}

  /** A physical slot that no member uses, and that the candidate has not. */
  record ClientSlot(LiveInstance candidate, ReplicationSlot slot) implements OfOthers {}

  /**
   * A service would lead to servers of other roles than now, or to none.
   *
   * @param after empty if it is not known
   */
  record ServiceChanges(Service service, List<LiveRole> before, Optional<List<LiveRole>> after)
      implements OfOthers {
    public ServiceChanges {
      before = List.copyOf(before);
      after = after.map(List::copyOf);
    }
  }

  /**
   * It could not be rewound after a failover: neither {@code wal_log_hints} nor data checksums are
   * on.
   */
  record NeedsRebuild(LiveInstance primary) implements OfOthers {}
}
