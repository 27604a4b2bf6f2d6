/**
 * What is there, and how it differs: observe, crawl, infer, compare, track.
 *
 * <h2>The grammar</h2>
 *
 * <pre>
 * Observation     = Reachable(Endpoint, Window, InstanceFacts)
 *                 | Unreachable(Endpoint, Window, Failure)
 * Failure         = (Kind, message, SQLSTATE?)
 * InstanceFacts   = (Identity, ServerTime, Timeline, ServerState, ReplicationView,
 *                    Reading&lt;RecoverySettings&gt;, Reading&lt;Survey&gt;)
 * ServerState     = InProduction(written, promotedAt?, Reading&lt;SyncWaits&gt;, Archiver)
 *                 | InRecovery(received?, replayed?, Replay, replayedCommit?,
 *                              Reading&lt;startup wait?&gt;, Reading&lt;WalReceiver?&gt;)
 * Survey          = (settings, LiveDatabase*, LiveDatabaseRole*, Reading&lt;WalFile?&gt;)
 * ReplicationView = (WalSender*, ReplicationSlot*)
 * Reading&lt;T&gt;      = Seen(T) | Denied(reason)       -- "none" and "not allowed to see" differ
 *
 * Frontier        = (Endpoint*, refused*)               -- where to look next, from a Topology
 * Topology        = (LiveInstance*, LiveCluster*, Failure*, duplicates, FaintLink*, shared,
 *                    Testimony*)                        -- no time in it
 * Testimony       = (ALIVE | LOST | UNKNOWN, witnesses)    -- of an endpoint that did not answer
 * LiveInstance    = (Endpoint, LiveUpstream, InstanceFacts)
 * LiveUpstream    = NotNeeded | Follows(Peer) | Detached(Detachment) | Foreign(Peer, SystemId)
 *                 | Hidden(reason)
 * Detachment      = ToldNobody | UpstreamSilent | OtherFamily | OlderTimeline | SlotMissing
 *                 | SlotLost | SlotBusy | WalRemoved | NoWalSenderLeft | Unexplained
 *                 | Unknown(reason)
 * Root            = Primary(Endpoint) | Broken(head) | Loop(Endpoint*) | Outside(Peer)
 *                 | Unknown(Endpoint)                 -- follows from a Topology
 * LiveCluster     = (SystemId, Endpoint*, ReplicationLink*)    -- may hold two primaries
 * ReplicationLink = (Peer upstream, Peer downstream, WalSender?, WalReceiver?, Reason*)
 *                                                       -- one end at least
 * FaintLink       = (Peer upstream, Endpoint downstream, PRIMARY_CONNINFO | SLOT | SEEN_BEFORE)
 * Peer            = Known(Endpoint) | Stranger(address, applicationName)
 *
 * Drift           = MultiplePrimaries | NoPrimary | Diverged | TimelineFork | ReplicationLoop
 *                 | ForeignSystemId | AgentIsolated | InstanceUnreachable | DuplicateInstance
 *                 | SharedAddress | RoleMismatch | UpstreamMismatch | ReplicaDetached | OrphanedReplica | ReplayPaused
 *                 | DelayMismatch | UndeclaredInstance | Unverifiable(about, Subject, reason)
 *                 | RoleSwapped(demoted, promoted, Routing*)  -- in the place of two RoleMismatches
 * TrackedDrift    = (Drift, since, lastSeen, PENDING | FIRING)
 * JudgedDrift     = (TrackedDrift, Severity, Standing, Key? cause)
 * Standing        = Counts | Ignored(IgnoreRule) | Suspended(Maintenance)
 * Verdict         = (cluster, IN_SYNC | DRIFTED | UNKNOWN, HEALTHY | PROGRESSING | DEGRADED | SUSPENDED
 *                    | MISSING | UNKNOWN, Cause*)        -- follows from a Topology and JudgedDrifts
 * Snapshot        = (Window, Inventory, Observation*, Topology, TrackedDrift*,
 *                    (JudgedDrift*, Verdict*))
 * </pre>
 *
 * <p>{@code observation}, {@code topology}, {@code crawl} and {@code drift} are pure: no I/O, no
 * clock, no logger. Only {@link io.pgtopo.agent.Agent} and its parts in this package are mutable.
 */
@NullMarked
package io.pgtopo.agent;

import org.jspecify.annotations.NullMarked;
