package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hears servers that could not be looked at, and their replicas. */
final class LivenessInference {
  private final SortedMap<Endpoint, LiveInstance> instances;
  private final SortedMap<Endpoint, LiveCluster> families = new TreeMap<>();
  private final Map<Peer, List<ReplicationLink>> linksFrom;
  private final Map<Endpoint, List<LiveInstance>> detachedFrom;
  private final Map<Endpoint, Window> windows = new TreeMap<>();
  private final Set<Endpoint> answered = new TreeSet<>();

  LivenessInference(
      Collection<Observation> observations,
      SortedMap<Endpoint, LiveInstance> instances,
      Collection<LiveCluster> families) {
    this.instances = instances;
    for (var family : families) {
      family.members().forEach(member -> this.families.put(member, family));
    }
    linksFrom =
        families.stream()
            .flatMap(family -> family.links().stream())
            .collect(Collectors.groupingBy(ReplicationLink::upstream));
    detachedFrom =
        instances.values().stream()
            .filter(live -> upstreamSilent(live).isPresent())
            .collect(Collectors.groupingBy(live -> upstreamSilent(live).orElseThrow()));
    for (var seen : observations) {
      windows.put(seen.endpoint(), seen.window());
      if (seen instanceof Observation.Unreachable it && it.failure().kind().isAnswer()) {
        answered.add(seen.endpoint());
      }
    }
  }

  ReportedLiveness about(Endpoint silent) {
    var linked = linksFrom.getOrDefault(new Peer.Known(silent), List.of());
    var heard = linked.stream().flatMap(link -> heardSince(silent, link)).sorted().toList();
    if (!heard.isEmpty() || answered.contains(silent)) {
      return new ReportedLiveness(Liveness.ALIVE, heard);
    }
    if (!linked.isEmpty()) {
      return new ReportedLiveness(
          Liveness.UNKNOWN,
          linked.stream().flatMap(LivenessInference::downstream).sorted().toList());
    }
    var lost =
        detachedFrom.getOrDefault(silent, List.of()).stream()
            .filter(LivenessInference::wouldStream)
            .toList();
    return lost.isEmpty() || lost.stream().anyMatch(this::hasReticentKin)
        ? new ReportedLiveness(Liveness.UNKNOWN, List.of())
        : new ReportedLiveness(Liveness.LOST, lost.stream().map(LiveInstance::endpoint).toList());
  }

  /**
   * The replica, if a message reached it after the agent began to dial. Its age is by the replica's
   * clock alone, and is taken off the earliest moment at which the replica can have told it.
   */
  private Stream<Endpoint> heardSince(Endpoint silent, ReplicationLink link) {
    var tried = windows.get(silent);
    return downstream(link)
        .filter(
            replica -> {
              var asked = windows.get(replica);
              return tried != null
                  && asked != null
                  && link.receiver()
                      .flatMap(row -> row.progress().silentFor())
                      .map(age -> asked.from().minus(age))
                      .filter(at -> !at.isBefore(tried.from()))
                      .isPresent();
            });
  }

  private static Stream<Endpoint> downstream(ReplicationLink link) {
    return link.downstream() instanceof Peer.Known(var endpoint)
        ? Stream.of(endpoint)
        : Stream.empty();
  }

  /** The silent upstream that it wants and does not have. */
  private static Optional<Endpoint> upstreamSilent(LiveInstance live) {
    return live.upstream() instanceof LiveUpstream.Detached(Detachment.UpstreamUnreachable why)
        ? Optional.of(why.upstream())
        : Optional.empty();
  }

  /** A replica that is delayed, paused or fed by an archive may have no walreceiver anyway. */
  private static boolean wouldStream(LiveInstance live) {
    return live.facts().state() instanceof ServerState.InRecovery recovery
        && recovery.replay() == ServerState.Replay.RUNNING
        && live.facts()
            .recovery()
            .ifSeen()
            .filter(settings -> settings.archive() == RecoverySettings.Archive.NONE)
            .filter(settings -> settings.applyDelay().isZero())
            .isPresent();
  }

  /** Whether somebody of its family does not tell whom it follows, or wants to. */
  private boolean hasReticentKin(LiveInstance live) {
    var family = families.get(live.endpoint());
    var kin = family == null ? List.<Endpoint>of() : family.members();
    var upstreams = new ArrayList<LiveUpstream>();
    kin.forEach(
        member -> {
          var relative = instances.get(member);
          if (relative != null) {
            upstreams.add(relative.upstream());
          }
        });
    return upstreams.stream()
        .anyMatch(
            upstream ->
                upstream instanceof LiveUpstream.Hidden
                    || (upstream instanceof LiveUpstream.Detached(var why)
                        && why instanceof Detachment.Unknown));
  }
}
