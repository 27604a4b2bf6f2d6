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
import java.util.List;
import java.util.Optional;

/** Whether the WAL of each replica comes from a primary in the end, though its own link is well. */
final class RootComparison {
  private final Topology live;

  RootComparison(Topology live) {
    this.live = live;
  }

  Optional<Drift> judge(Instance instance, LiveInstance found) {
    if (instance.role().isEmpty() || !(found.upstream() instanceof LiveUpstream.Follows)) {
      return Optional.empty();
    }
    return switch (WalSource.of(found.endpoint(), live)) {
      case WalSource.Primary primary -> Optional.empty();
      case WalSource.Outside outside -> Optional.empty();
      case WalSource.Unknown unknown -> Optional.empty();
      case WalSource.Broken(var head) ->
          live.at(head)
              .filter(top -> !UpstreamComparison.sleepsForItsDelay(top))
              .map(top -> orphaned(instance, found, top));
      case WalSource.Loop(var members) -> loop(instance, found, members);
    };
  }

  private Drift orphaned(Instance instance, LiveInstance found, LiveInstance head) {
    return UpstreamComparison.whyDetachedMayBeRight(head)
        .<Drift>map(
            reason ->
                new Drift.Unverifiable(
                    DriftKind.ORPHANED_REPLICA,
                    Subject.of(instance),
                    new Reason.Upstream(head.endpoint(), reason)))
        .orElseGet(() -> new ReplicationDrift.OrphanedReplica(instance, found, head));
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
