package io.pgtopo.exporter.discover;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The upstreams and cluster names of the servers of one system identifier. */
final class Lineage {
  /** Debian's default {@code cluster_name}, the same on every server of a version. */
  private static final Pattern DEBIAN = Pattern.compile("\\d+(\\.\\d+)?/.*");

  private static final Pattern NUMBERED = Pattern.compile("(?<base>.+)-(?<number>\\d{1,9})");

  private final Topology live;
  private final Map<Endpoint, LiveInstance> servers;
  private final Map<Endpoint, String> labels = new HashMap<>();

  Lineage(Topology live, Map<Endpoint, LiveInstance> servers) {
    this.live = live;
    this.servers = servers;
    servers.forEach((at, server) -> labels.put(at, ownLabel(server)));
    numberedNames().ifPresent(base -> labels.replaceAll((at, label) -> base));
    inherit();
  }

  private static String ownLabel(LiveInstance server) {
    var name = server.facts().identity().clusterName();
    return DEBIAN.matcher(name).matches() ? "" : name;
  }

  /** The common base, where each server has a name of its own with a number. */
  private Optional<String> numberedNames() {
    var bases = labels.values().stream().map(Lineage::base).distinct().toList();
    var isEachDistinct = labels.values().stream().distinct().count() == labels.size();
    return labels.size() > 1 && isEachDistinct && bases.size() == 1
        ? bases.getFirst()
        : Optional.empty();
  }

  private static Optional<String> base(String label) {
    var match = NUMBERED.matcher(label);
    return match.matches() ? Optional.of(match.group("base")) : Optional.empty();
  }

  /** A server without a name belongs to the cluster of its upstream, otherwise of its replicas. */
  private void inherit() {
    for (var hops = 0; hops < labels.size(); hops++) {
      servers.forEach(
          (at, server) ->
              parent(server)
                  .ifPresent(
                      upstream -> {
                        inherit(at, upstream.endpoint());
                        inherit(upstream.endpoint(), at);
                      }));
    }
  }

  private void inherit(Endpoint nameless, Endpoint named) {
    if (label(nameless).isEmpty()) {
      labels.put(nameless, label(named));
    }
  }

  String label(Endpoint server) {
    return labels.getOrDefault(server, "");
  }

  void relabel(String from, String to) {
    labels.replaceAll((at, label) -> label.equals(from) ? to : label);
  }

  /** The upstream of a server, if it was found. */
  Optional<LiveInstance> parent(LiveInstance server) {
    return server.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))
        ? Optional.ofNullable(servers.get(live.serverAt(upstream)))
        : Optional.empty();
  }

  /** The endpoint of the upstream, found or not. */
  Optional<Endpoint> upstream(LiveInstance server) {
    return parent(server)
        .map(LiveInstance::endpoint)
        .or(
            () ->
                live.linkTo(server)
                    .flatMap(ReplicationLink::receiver)
                    .flatMap(WalReceiver::upstream)
                    .or(() -> configured(server))
                    .filter(address -> address.port() > 0 && !address.host().isBlank())
                    .map(address -> new Endpoint(address.host(), address.port())));
  }

  private static Optional<HostPort> configured(LiveInstance server) {
    return server
        .facts()
        .recovery()
        .ifSeen()
        .flatMap(settings -> settings.configuredUpstream().ifSeen())
        .flatMap(address -> address);
  }

  /** The configured delay of replay. */
  static Duration delay(LiveInstance server) {
    return server.upstream() instanceof LiveUpstream.NotNeeded
        ? Duration.ZERO
        : server
            .facts()
            .recovery()
            .ifSeen()
            .map(RecoverySettings::applyDelay)
            .orElse(Duration.ZERO);
  }
}
