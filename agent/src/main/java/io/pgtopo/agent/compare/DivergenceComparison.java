package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WalSource;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a replica has WAL that its upstream does not, however its link looks.
 *
 * <p>Positions prove it where the replica was polled first: what it had replayed then, a primary
 * that is polled later has written. {@code latest_end_lsn} survives a reconnection, so a standby
 * that caught up from an archive is ahead of it for a moment; within one poll only both ends prove
 * it.
 */
final class DivergenceComparison {
  /** Two ways to see one fact. A poll that proves it in one way does not refute the other. */
  private static final Set<DriftKind> KINDS =
      Collections.unmodifiableSet(EnumSet.of(DriftKind.DIVERGED, DriftKind.TIMELINE_FORK));

  private final ClusterContext cluster;
  private final Topology live;

  private DivergenceComparison(ClusterContext cluster) {
    this.cluster = cluster;
    this.live = cluster.live();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new DivergenceComparison(cluster);
    return cluster.each(
        (instance, found) ->
            KINDS.stream()
                .filter(kind -> rule.isForgotten(kind, instance, found))
                .findFirst()
                .map(kind -> rule.evaluateAgain(kind, instance, found))
                .orElseGet(() -> rule.evaluate(instance, found)));
  }

  /**
   * Whether it was so before the agent was restarted. One that streams by both ends was repaired,
   * or is found to be so again.
   */
  private boolean isForgotten(DriftKind kind, Instance instance, LiveInstance found) {
    var key = new Drift.Key(kind, Subject.of(instance), Optional.empty());
    return cluster.fleet().earlier().forgotten().contains(key)
        && found.role() == LiveRole.REPLICA
        && live.linkTo(found).filter(link -> Streaming.of(link, live) == Streaming.YES).isEmpty();
  }

  private Evaluation evaluateAgain(DriftKind kind, Instance instance, LiveInstance found) {
    var now = evaluate(instance, found);
    return now.drifts().stream().anyMatch(drift -> drift.topic() == kind)
        ? now
        : Evaluation.merged(
            Stream.of(
                now, Evaluation.unverifiable(kind, Subject.of(instance), new Reason.HadOwnWal())));
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    var subject = Subject.of(instance);
    if (!(found.facts().state() instanceof ServerState.InRecovery recovery)) {
      return Evaluation.of(KINDS, subject, List.of());
    }
    var byEnds = byEnds(instance, found, recovery);
    return byEnds.drifts().stream()
        .filter(drift -> !(drift instanceof Drift.Unverifiable))
        .findFirst()
        .or(() -> ForkComparison.detached(instance, found, cluster))
        .or(() -> byPositions(instance, found, recovery))
        .map(drift -> Evaluation.of(drift.kind(), subject, Optional.of(drift)))
        .orElse(byEnds);
  }

  private Optional<Drift> byPositions(
      Instance instance, LiveInstance found, ServerState.InRecovery recovery) {
    var before =
        cluster
            .fleet()
            .earlier()
            .topology()
            .flatMap(topology -> topology.at(found.endpoint()))
            .filter(then -> then.facts().identity().isSameServer(found.facts().identity()))
            .flatMap(Positions::replayed);
    var primary = primary(found);
    if (before.isEmpty()
        || primary.isEmpty()
        // It follows a primary that was promoted later; then it is this one that was left behind.
        || timeline(found) > timeline(primary.get())
        || !(primary.get().facts().state() instanceof ServerState.InProduction production)) {
      return Optional.empty();
    }
    var written = production.written();
    return recovery
        .replayed()
        .filter(now -> isAfter(now, written) && isAfter(before.get(), written))
        .map(
            now ->
                new ReplicationDrift.Diverged(
                    instance,
                    found,
                    primary.get(),
                    before.get().bytesAfter(written),
                    Optional.of(written)));
  }

  /**
   * The primary that its WAL comes from; the leader of the cluster if it streams from none. One
   * that streams, or streamed last, from a server that is hidden or silent may have the WAL of a
   * primary that was not seen, and a timeline that is only a lower bound does not show it.
   */
  private Optional<LiveInstance> primary(LiveInstance found) {
    var source =
        switch (WalSource.of(found.endpoint(), live)) {
          case WalSource.Primary(var endpoint) -> Optional.of(endpoint);
          case WalSource.Broken(var head) when leavesKnownUpstream(head) -> cluster.leader();
          case WalSource other -> cluster.isWhole() ? cluster.leader() : Optional.<Endpoint>empty();
        };
    return source.flatMap(live::at).filter(found::isCopyOf);
  }

  private boolean leavesKnownUpstream(Endpoint head) {
    return live.at(head)
        .filter(
            it ->
                it.upstream() instanceof LiveUpstream.Detached(var why)
                    && !(why instanceof Detachment.UpstreamUnreachable)
                    && !(why instanceof Detachment.NotPolled)
                    && !(why instanceof Detachment.Unknown))
        .isPresent();
  }

  private Evaluation byEnds(
      Instance instance, LiveInstance found, ServerState.InRecovery recovery) {
    var subject = Subject.of(instance);
    var receiver = recovery.receiver().ifSeen().flatMap(row -> row);
    var link = live.linkTo(found);
    if (receiver.isEmpty() || link.isEmpty()) {
      return Evaluation.NOTHING;
    }
    return switch (receiver.get().status()) {
      case WAITING -> fork(instance, found, recovery, link.get());
      case STREAMING ->
          Evaluation.merged(
              Stream.of(
                  Evaluation.of(DriftKind.TIMELINE_FORK, subject, Optional.empty()),
                  ahead(instance, found, recovery, link.get())));
      case STOPPED, STARTING, CONNECTING, RESTARTING, STOPPING, OTHER -> Evaluation.NOTHING;
    };
  }

  /** At a normal switch of timelines it waits too, but has not replayed beyond the switch. */
  private Evaluation fork(
      Instance instance,
      LiveInstance found,
      ServerState.InRecovery recovery,
      ReplicationLink link) {
    var end = link.receiver().flatMap(row -> row.progress().latestEnd());
    var upstream = upstream(link).filter(theirs -> isExact(found) && isExact(theirs));
    if (end.isEmpty() || upstream.isEmpty() || recovery.replayed().isEmpty()) {
      return Evaluation.NOTHING;
    }
    return Evaluation.of(
        DriftKind.TIMELINE_FORK,
        Subject.of(instance),
        recovery
            .replayed()
            .filter(replayed -> timeline(found) < timeline(upstream.get()))
            .filter(replayed -> isAfter(replayed, end.get()))
            .map(
                replayed ->
                    new ReplicationDrift.TimelineFork(instance, found, upstream.get(), end.get())));
  }

  private Evaluation ahead(
      Instance instance,
      LiveInstance found,
      ServerState.InRecovery recovery,
      ReplicationLink link) {
    var has =
        Stream.of(recovery.replayed(), link.receiver().flatMap(row -> row.progress().flushed()))
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
    var end = link.receiver().flatMap(row -> row.progress().latestEnd());
    if (has.isEmpty() || end.isEmpty()) {
      return Evaluation.NOTHING;
    }
    if (!isAfter(has.get(), end.get())) {
      return Evaluation.of(DriftKind.DIVERGED, Subject.of(instance), Optional.empty());
    }
    var bytesAhead = has.get().bytesAfter(end.get());
    var upstream = upstream(link);
    var sent = link.sender().flatMap(row -> row.stream().ifSeen());
    if (upstream.isEmpty() || sent.isEmpty()) {
      return unverifiable(instance, new Reason.AheadUnconfirmed(bytesAhead, link.upstream()));
    }
    if (!confirms(sent.get()) || !isSameTimeline(found, upstream.get())) {
      return Evaluation.NOTHING;
    }
    return switch (upstream.get().facts().state()) {
      case ServerState.InProduction production ->
          Evaluation.of(
              DriftKind.DIVERGED,
              Subject.of(instance),
              Optional.of(
                  new ReplicationDrift.Diverged(
                      instance, found, upstream.get(), bytesAhead, Optional.empty())));
      case ServerState.InRecovery standby ->
          isWritten(has.get(), found)
              ? Evaluation.of(DriftKind.DIVERGED, Subject.of(instance), Optional.empty())
              : unverifiable(instance, new Reason.AheadOfStandby(bytesAhead, link.upstream()));
    };
  }

  /**
   * Whether the primary has written up to a position: then that is WAL of the cluster which a
   * standby in between has not received or replayed yet.
   */
  private boolean isWritten(Lsn position, LiveInstance found) {
    return primary(found)
        .filter(it -> isSameTimeline(found, it))
        .filter(
            it ->
                it.facts().state() instanceof ServerState.InProduction production
                    && !isAfter(position, production.written()))
        .isPresent();
  }

  /** In catch-up a standby is rightly ahead, since sending begins with a whole segment. */
  private static boolean confirms(WalSender.Stream stream) {
    var sent = stream.progress().sent();
    return stream.state() == WalSender.State.STREAMING
        && sent.isPresent()
        && stream.progress().flushed().filter(lsn -> isAfter(lsn, sent.get())).isPresent();
  }

  private static boolean isAfter(Lsn lsn, Lsn other) {
    return lsn.compareTo(other) > 0;
  }

  private Optional<LiveInstance> upstream(ReplicationLink link) {
    return link.upstream() instanceof Peer.Known(var endpoint)
        ? live.at(endpoint)
        : Optional.empty();
  }

  private static boolean isSameTimeline(LiveInstance found, LiveInstance upstream) {
    return isExact(found) && isExact(upstream) && timeline(found) == timeline(upstream);
  }

  private static boolean isExact(LiveInstance live) {
    return live.facts().timeline().isExact();
  }

  private static int timeline(LiveInstance live) {
    return live.facts().timeline().id();
  }

  private static Evaluation unverifiable(Instance instance, Reason reason) {
    return Evaluation.unverifiable(DriftKind.DIVERGED, Subject.of(instance), reason);
  }
}
