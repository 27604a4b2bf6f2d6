package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Finding;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.RoleSwapped;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.Endpoint;
import java.util.List;

/**
 * Whose silence leaves open whether a drift is still there, besides that of the instance that it is
 * about.
 */
final class Sources {
  private Sources() {}

  static List<Endpoint> of(Drift drift) {
    return switch (drift) {
      case Drift.MultiplePrimaries multiple ->
          multiple.primaries().stream().map(LiveInstance::endpoint).toList();
      case Drift.UndeclaredInstance undeclared ->
          undeclared
              .found()
              .link()
              .map(link -> known(link.upstream()))
              .orElseGet(() -> known(undeclared.found().peer()));
      case Drift.NoPrimary none -> List.of();
      case Drift.Diverged diverged -> List.of();
      case Drift.TimelineFork fork -> List.of();
      case Drift.ReplicationLoop loop -> List.of();
      case Drift.ForeignSystemId foreign -> List.of();
      case Drift.AgentIsolated isolated -> List.of();
      case Drift.InstanceUnreachable silent -> List.of();
      case Drift.DuplicateInstance duplicate -> List.of();
      case Drift.RoleMismatch mismatch -> List.of();
      case Drift.UpstreamMismatch mismatch -> List.of();
      case Drift.ReplicaDetached detached -> List.of();
      case Drift.OrphanedReplica orphaned -> List.of();
      case Drift.ReplayPaused paused -> List.of();
      case Drift.DelayMismatch mismatch -> List.of();
      case Drift.SharedAddress shared -> List.of();
      case ObjectDrift object -> List.of();
      case RoleSwapped swapped -> List.of();
      case Finding finding -> List.of();
      case Drift.Unverifiable unknown -> List.of();
    };
  }

  private static List<Endpoint> known(Peer peer) {
    return peer instanceof Peer.Known(var endpoint) ? List.of(endpoint) : List.of();
  }
}
