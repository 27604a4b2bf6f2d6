package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which drift follows from which other. A cause is of a kind that is listed before those that
 * follow from it, so no drift is its own cause.
 */
final class Causes {
  /** The drifts that others may follow from, by what they are about. */
  private final Map<String, ClusterDrift.AgentIsolated> isolated = new HashMap<>();

  private final Map<String, ClusterDrift.MultiplePrimaries> rivals = new HashMap<>();
  private final Map<String, ClusterDrift.NoPrimary> leaderless = new HashMap<>();

  /** What leaves a primary without a standby, by the replica that it is about. */
  private final Map<Drift.Key, ClusterDrift.NoStandby> losses = new HashMap<>();

  private final Map<String, Drift> restarting = new HashMap<>();
  private final Map<String, Drift> foreign = new HashMap<>();
  private final Map<String, Drift> diverged = new HashMap<>();
  private final Map<Endpoint, Drift> loops = new HashMap<>();
  private final Map<Endpoint, Drift> detached = new HashMap<>();
  private final Map<Endpoint, MemberDrift.InstanceUnreachable> silent = new HashMap<>();
  private final Map<String, List<MemberDrift.InstanceUnreachable>> silentOf = new HashMap<>();

  private Causes(List<Drift> drifts) {
    drifts.forEach(this::note);
  }

  /** The causes, by the keys of what follows from them. */
  static SortedMap<Drift.Key, Drift.Key> among(List<Drift> drifts) {
    var known = new Causes(drifts);
    var causes = new TreeMap<Drift.Key, Drift.Key>();
    for (var drift : drifts) {
      known.of(drift).map(Drift::key).ifPresent(cause -> causes.put(drift.key(), cause));
    }
    return causes;
  }

  private void note(Drift drift) {
    var cluster = drift.subject().cluster();
    switch (drift) {
      case ClusterDrift.AgentIsolated it -> isolated.put(cluster, it);
      case ClusterDrift.MultiplePrimaries it -> rivals.put(cluster, it);
      case ClusterDrift.NoPrimary it -> leaderless.put(cluster, it);
      case ClusterDrift.NoStandby it -> it.losses().forEach(loss -> losses.put(loss.key(), it));
      case MemberDrift.RestartLoop it -> restarting.put(it.instance().name(), it);
      case MemberDrift.ForeignSystemId it -> foreign.put(it.instance().name(), it);
      case ReplicationDrift.Diverged it -> diverged.put(it.instance().name(), it);
      case ReplicationDrift.TimelineFork it -> diverged.putIfAbsent(it.instance().name(), it);
      case ReplicationDrift.ReplicationLoop it -> loops.put(it.instance().endpoint(), it);
      case ReplicationDrift.ReplicaDetached it -> detached.put(it.live().endpoint(), it);
      case MemberDrift.InstanceUnreachable it -> {
        silent.put(it.instance().endpoint(), it);
        silentOf.computeIfAbsent(cluster, name -> new ArrayList<>()).add(it);
      }
      default -> {}
    }
  }

  private Optional<? extends Drift> of(Drift drift) {
    var cluster = drift.subject().cluster();
    return switch (drift) {
      case MemberDrift.RoleMismatch it ->
          Stream.of(
                  Optional.ofNullable(foreign.get(it.instance().name())),
                  Optional.ofNullable(rivals.get(cluster))
                      .filter(rivalry -> rivalry.primaries().contains(it.live())),
                  Optional.ofNullable(leaderless.get(cluster)))
              .flatMap(Optional::stream)
              .findFirst();
      case ReplicationDrift.UpstreamMismatch it ->
          Optional.<Drift>ofNullable(foreign.get(it.instance().name()))
              .or(() -> Optional.ofNullable(silent.get(it.expected())));
      case ReplicationDrift.TimelineFork it ->
          Optional.ofNullable(diverged.get(it.instance().name()))
              .filter(ReplicationDrift.Diverged.class::isInstance);
      case ReplicationDrift.ReplicaDetached it ->
          Optional.<Drift>ofNullable(diverged.get(it.instance().name()))
              .or(() -> silentUpstream(it.why()))
              .or(() -> Optional.ofNullable(losses.get(it.key())));
      case MemberDrift.InstanceUnreachable it ->
          Optional.<Drift>ofNullable(restarting.get(it.instance().name()))
              .or(() -> Optional.ofNullable(losses.get(it.key())));
      case ReplicationDrift.OrphanedReplica it ->
          Optional.ofNullable(loops.get(it.head().endpoint()))
              .or(() -> Optional.ofNullable(detached.get(it.head().endpoint())));
      case Drift.Unverifiable it -> ofIgnorance(it);
      default -> Optional.empty();
    };
  }

  private Optional<Drift> silentUpstream(Detachment why) {
    return switch (why) {
      case Detachment.UpstreamUnreachable(var endpoint, var failure) ->
          Optional.ofNullable(silent.get(endpoint));
      case Detachment.Silent(Peer.Known(var endpoint), var silence) ->
          Optional.ofNullable(silent.get(endpoint));
      default -> Optional.empty();
    };
  }

  /** An agent that is cut off knows less of everything; a silent member may be the primary. */
  private Optional<? extends Drift> ofIgnorance(Drift.Unverifiable unknown) {
    var cluster = unknown.subject().cluster();
    if (isolated.containsKey(cluster)) {
      return Optional.ofNullable(isolated.get(cluster));
    }
    return unknown.about() == DriftKind.NO_PRIMARY ? likelyPrimary(cluster) : Optional.empty();
  }

  private Optional<MemberDrift.InstanceUnreachable> likelyPrimary(String cluster) {
    return silentOf.getOrDefault(cluster, List.of()).stream()
        .min(Comparator.comparingInt(Causes::rank));
  }

  /** The declared primary before one that is followed, before any other. */
  private static int rank(MemberDrift.InstanceUnreachable silent) {
    if (silent.instance().role().equals(Optional.of(InstanceRole.PRIMARY))) {
      return 0;
    }
    return silent.reported().replicas().isEmpty() ? 2 : 1;
  }
}
