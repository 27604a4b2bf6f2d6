/**
 * Runs the cycle: poll, infer, compare, track, judge, publish.
 *
 * <h2>The grammar</h2>
 *
 * <pre>
 * Observation     = Reachable(Endpoint, Window, InstanceFacts, Failure?)   -- of a new connection
 *                 | Unreachable(Endpoint, Window, Failure)
 * Failure         = (Kind, message, SQLSTATE?)
 * InstanceFacts   = (Identity, ServerTime, Timeline, ServerState, ReplicationView,
 *                    Reading&lt;RecoverySettings&gt;, Reading&lt;Survey&gt;)
 * ServerState     = InProduction(written, promotedAt?, Reading&lt;SyncWaits&gt;, Archiver)
 *                 | InRecovery(received?, replayed?, Replay, replayedCommit?,
 *                              Reading&lt;startup wait?&gt;, Reading&lt;WalReceiver?&gt;)
 * Survey          = (settings, LiveDatabase*, LiveDatabaseRole*, Reading&lt;WalFile?&gt;)
 * ReplicationView = (WalSender*, ReplicationSlot*, Sessions, Subscription*)
 * Reading&lt;T&gt;      = Seen(T) | Denied(reason)       -- "none" and "not allowed to see" differ
 *
 * Frontier        = (Endpoint*, refused*)               -- what to poll next, from a Topology
 * Topology        = (LiveInstance*, LiveCluster*, Failure*, duplicates, standIns, UnprovenLink*, shared,
 *                    ReportedLiveness*, LogicalLink*)          -- no time in it
 * ReportedLiveness = (ALIVE | LOST | UNKNOWN, Endpoint*)    -- of an endpoint that did not answer
 * LiveInstance    = (Endpoint, LiveUpstream, ClockOffset, InstanceFacts, Failure?)
 * LiveUpstream    = NotNeeded | Follows(Peer) | Detached(Detachment) | Foreign(Peer, SystemId)
 *                 | Hidden(reason)
 * Detachment      = NoUpstreamConfigured | UpstreamUnreachable | OtherSystemIdentifier | OlderTimeline | AheadOfUpstream
 *                 | SlotMissing | SlotLost | SlotBusy | SlotHeld | WalRemoved | ArchiveStalled | NoFreeWalSender | NotPolled | Unexplained
 *                 | Silent(Peer, Silence) | NoWalSender | StandsStill | Undelivered | Unknown(reason)
 * WalSource        = Primary(Endpoint) | Broken(head) | Loop(Endpoint*) | Outside(Peer)
 *                 | Unknown(Endpoint)                 -- follows from a Topology
 * LiveCluster     = (SystemId, Endpoint*, ReplicationLink*)    -- may hold two primaries
 * ReplicationLink = (Peer upstream, Peer downstream, WalSender?, WalReceiver?, Evidence*)
 *                                                       -- one end at least
 * UnprovenLink       = (Peer upstream, Endpoint downstream, PRIMARY_CONNINFO | SLOT | SEEN_BEFORE)
 * LogicalLink     = ((Endpoint, ReplicationSlot, WalSender?)?, (Endpoint, Subscription)?, Evidence*)
 *                                                       -- one end at least
 * Peer            = Known(Endpoint) | Unknown(address, applicationName)
 *
 * Drift           = ClusterDrift | MemberDrift | ReplicationDrift | ServerDrift | SlotDrift
 *                 | SubscriptionDrift | ObjectDrift | ServiceDrift | ManagerDrift | UndeclaredInstance   -- each kind is a record of facts
 *                 | Unverifiable(about, Subject, Reason)
 * ComparisonResult = (Drift*, kinds evaluated of each subject, UndeclaredServer*)
 * Episode         = (Key, Drift?, since, lastSeen, firedAt?, EpisodeState)   -- one drift over time
 * DriftTracker    = (Episode*, ResolvedDrift*, Grace)                  -- a fold over cycles
 * TrackedDrift    = (Drift, since, lastSeen, PENDING | FIRING, SEEN | MISSED | UNKNOWN, transitions)
 * History         = (LastAnswers, DriftTracker, Change*)                    -- what survives a restart
 * JudgedDrift     = (TrackedDrift, Severity, Standing, Key? cause)
 * Standing        = Counts | Ignored(IgnoreRule) | Suspended(Maintenance)
 * Verdict         = (cluster, IN_SYNC | DRIFTED | UNKNOWN, HEALTHY | PROGRESSING | DEGRADED | SUSPENDED
 *                    | MISSING | UNKNOWN, Cause*)        -- follows from a Topology and JudgedDrifts
 * Cause           = AgentIsolated | SplitBrain | NoPrimary | PrimaryAbsent | PrimaryUnknown | SyncBlocked
 *                 | AllDetached | IntermediatesDead | PartialView       -- each with its facts
 * Readiness       = (Cluster, LiveInstance?, Finding*, Candidate*)        -- may the primary fail now
 * Finding         = (Concern, Safety, Safety)            -- of a failover, of a switchover
 * Candidate       = (Instance, LiveInstance, LostWal?, Finding*)
 * Dial            = (Endpoint, Window, Server(SystemId, ...) | Failed(Failure))  -- of a service
 * ManagerReport   = (Endpoint, HaManager?, Window, Spoken(ManagedServer*, ...) | Mute(Failure) | Absent)
 * Snapshot        = (Window, Inventory, AddressBook, PollResult(Observation*, Topology), OtherSources,
 *                    ComparisonResult, WrittenTimes, Judgement(JudgedDrift*, Verdict*), Change*)
 * </pre>
 *
 * <p>The packages below are pure: no I/O, no clock, no logger. The exceptions are {@code postgres}
 * and {@code state}. Only {@link io.pgtopo.agent.Agent} and its parts in this package are mutable.
 */
@NullMarked
package io.pgtopo.agent;

import org.jspecify.annotations.NullMarked;
