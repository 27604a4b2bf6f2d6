package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WalSource;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Whether the WAL of each replica comes from a primary in the end, though its own link is well. */
final class RootComparison {
  private final ClusterContext cluster;
  private final Topology live;

  private RootComparison(ClusterContext cluster) {
    this.cluster = cluster;
    this.live = cluster.live();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new RootComparison(cluster);
    return cluster.each(rule::evaluate);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    return switch (found.upstream()) {
      case LiveUpstream.Hidden hidden -> Evaluation.NOTHING;
      case LiveUpstream.NotNeeded notNeeded -> evaluation(instance, Optional.empty());
      case LiveUpstream.Detached detached -> evaluation(instance, Optional.empty());
      case LiveUpstream.Foreign foreign -> evaluation(instance, Optional.empty());
      case LiveUpstream.Follows follows -> source(instance, found);
    };
  }

  private static Evaluation evaluation(Instance instance, Optional<Drift> drift) {
    return Evaluation.of(
        EnumSet.of(DriftKind.ORPHANED_REPLICA, DriftKind.REPLICATION_LOOP),
        Subject.of(instance),
        drift.stream().toList());
  }

  private Evaluation source(Instance instance, LiveInstance found) {
    return switch (WalSource.of(found.endpoint(), live)) {
      case WalSource.Primary primary -> evaluation(instance, Optional.empty());
      case WalSource.Outside outside -> Evaluation.NOTHING;
      case WalSource.Unknown unknown -> Evaluation.NOTHING;
      case WalSource.Broken(var head) ->
          evaluation(instance, live.at(head).flatMap(top -> orphaned(instance, found, top)));
      case WalSource.Loop(var members) -> evaluation(instance, loop(instance, found, members));
    };
  }

  private Optional<Drift> orphaned(Instance instance, LiveInstance found, LiveInstance head) {
    var orphaned = new ReplicationDrift.OrphanedReplica(instance, found, head);
    if (!(head.upstream() instanceof LiveUpstream.Detached(var why))) {
      return Optional.of(orphaned);
    }
    return switch (ReceiverAbsence.of(head, why, cluster)) {
      case ReceiverAbsence.Right right -> Optional.empty();
      case ReceiverAbsence.Wrong wrong -> Optional.of(orphaned);
      case ReceiverAbsence.Unclear(var reason) ->
          Optional.of(
              new Drift.Unverifiable(
                  DriftKind.ORPHANED_REPLICA,
                  Subject.of(instance),
                  new Reason.Upstream(head.endpoint(), reason)));
    };
  }

  /** One drift for the loop, about its first member, and one for each replica below it. */
  private Optional<Drift> loop(Instance instance, LiveInstance found, List<Endpoint> members) {
    if (members.getFirst().equals(found.endpoint())) {
      var links = links(members);
      return Optional.of(
          links.stream().allMatch(link -> link.grade() == ReplicationLink.Grade.BOTH_ENDS)
              ? new ReplicationDrift.ReplicationLoop(instance, links)
              : new Drift.Unverifiable(
                  DriftKind.REPLICATION_LOOP, Subject.of(instance), new Reason.LoopUnconfirmed()));
    }
    return members.contains(found.endpoint())
        ? Optional.empty()
        : live.at(members.getFirst()).map(head -> orphanedBelow(instance, found, head, members));
  }

  private Drift orphanedBelow(
      Instance instance, LiveInstance found, LiveInstance head, List<Endpoint> members) {
    return links(members).stream().allMatch(link -> link.grade() == ReplicationLink.Grade.BOTH_ENDS)
        ? new ReplicationDrift.OrphanedReplica(instance, found, head)
        : new Drift.Unverifiable(
            DriftKind.ORPHANED_REPLICA,
            Subject.of(instance),
            new Reason.BelowLoop(head.endpoint()));
  }

  private List<ReplicationLink> links(List<Endpoint> members) {
    return members.stream()
        .flatMap(member -> live.at(member).flatMap(live::linkTo).stream())
        .toList();
  }
}
