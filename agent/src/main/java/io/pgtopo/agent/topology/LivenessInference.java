package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds whether servers that did not answer are running, by what their replicas report. */
final class LivenessInference {
  private final SortedMap<Endpoint, LiveInstance> instances;
  private final SortedMap<Endpoint, ClockOffset> clocks;
  private final SortedMap<Origin, LiveCluster> clusters;
  private final Map<Peer, List<ReplicationLink>> linksFrom;
  private final Map<Endpoint, List<LiveInstance>> detachedFrom;
  private final Map<Endpoint, Window> windows = new TreeMap<>();

  /** Endpoints at which PostgreSQL answered, if only to refuse. */
  private final Set<Endpoint> refused = new TreeSet<>();

  /** Endpoints whose server answered at the address of another one. */
  private final Set<Endpoint> answeredElsewhere;

  LivenessInference(
      Collection<Observation> observations,
      SortedMap<Endpoint, LiveInstance> instances,
      SortedMap<Origin, LiveCluster> clusters,
      LastKnown memory,
      Collection<Endpoint> answeredElsewhere) {
    this.answeredElsewhere = Set.copyOf(answeredElsewhere);
    this.clocks = memory.clocks();
    this.instances = instances;
    this.clusters = clusters;
    linksFrom =
        clusters.values().stream()
            .flatMap(cluster -> cluster.links().stream())
            .collect(Collectors.groupingBy(ReplicationLink::upstream));
    detachedFrom =
        instances.values().stream()
            .filter(live -> unreachableUpstream(live).isPresent())
            .collect(Collectors.groupingBy(live -> unreachableUpstream(live).orElseThrow()));
    for (var seen : observations) {
      windows.put(seen.endpoint(), seen.window());
      if (seen instanceof Observation.Unreachable it && it.failure().kind().isAnswer()) {
        refused.add(seen.endpoint());
      }
    }
  }

  ReportedLiveness of(Endpoint silent) {
    var linked = linksFrom.getOrDefault(new Peer.Known(silent), List.of());
    var receiving = replicas(linked.stream().filter(link -> hasReceivedSince(silent, link)));
    if (!receiving.isEmpty() || refused.contains(silent) || answeredElsewhere.contains(silent)) {
      return new ReportedLiveness(Liveness.ALIVE, receiving);
    }
    if (!linked.isEmpty()) {
      return new ReportedLiveness(Liveness.UNKNOWN, replicas(linked.stream()));
    }
    var lost =
        detachedFrom.getOrDefault(silent, List.of()).stream()
            .filter(LivenessInference::wouldStream)
            .toList();
    return lost.isEmpty() || lost.stream().anyMatch(this::hasCopyWithUnknownUpstream)
        ? new ReportedLiveness(Liveness.UNKNOWN, List.of())
        : new ReportedLiveness(Liveness.LOST, lost.stream().map(LiveInstance::endpoint).toList());
  }

  /**
   * Whether the replica has a message that was sent after the agent began to connect to the silent
   * server. When it was sent is by the clock of that server, as it was in its last answer. When it
   * was received proves nothing: a busy machine reads it late.
   */
  private boolean hasReceivedSince(Endpoint silent, ReplicationLink link) {
    var tried = windows.get(silent);
    var clock = clocks.get(silent);
    var sent = link.receiver().flatMap(row -> row.progress().sentAt());
    return tried != null
        && clock != null
        && sent.filter(it -> !it.minus(clock.most()).isBefore(tried.from())).isPresent();
  }

  private static List<Endpoint> replicas(Stream<ReplicationLink> links) {
    return links.flatMap(link -> link.downstream().ifKnown().stream()).sorted().toList();
  }

  private static Optional<Endpoint> unreachableUpstream(LiveInstance live) {
    return live.upstream() instanceof LiveUpstream.Detached(Detachment.UpstreamUnreachable why)
        ? Optional.of(why.upstream())
        : Optional.empty();
  }

  /**
   * A replica that is delayed, paused or restores from an archive may have no walreceiver anyway.
   */
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

  /** Whether the upstream of a copy of the cluster is unknown: it may be the silent server. */
  private boolean hasCopyWithUnknownUpstream(LiveInstance live) {
    return Objects.requireNonNull(clusters.get(live.origin())).members().stream()
        .map(member -> Objects.requireNonNull(instances.get(member)).upstream())
        .anyMatch(
            upstream ->
                upstream instanceof LiveUpstream.Hidden
                    || (upstream instanceof LiveUpstream.Detached(var why)
                        && why instanceof Detachment.Unknown));
  }
}
