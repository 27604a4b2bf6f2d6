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

/** Whom the servers of one family follow, and what they call their cluster. */
final class Lineage {
  /** Debian's {@code cluster_name} is that of every server of a version. */
  private static final Pattern DEBIAN = Pattern.compile("\\d+(\\.\\d+)?/.*");

  private static final Pattern NUMBERED = Pattern.compile("(?<base>.+)-(?<number>\\d{1,9})");

  private final Topology live;
  private final Map<Endpoint, LiveInstance> servers;
  private final Map<Endpoint, String> labels = new HashMap<>();

  /**
   * Of one family.
   *
   * @param servers by their endpoints
   */
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

  /** What stands before the number, where each server carries a name of its own. */
  private Optional<String> numberedNames() {
    var bases = labels.values().stream().map(Lineage::base).distinct().toList();
    var isEachItsOwn = labels.values().stream().distinct().count() == labels.size();
    return labels.size() > 1 && isEachItsOwn && bases.size() == 1
        ? bases.getFirst()
        : Optional.empty();
  }

  private static Optional<String> base(String label) {
    var match = NUMBERED.matcher(label);
    return match.matches() ? Optional.of(match.group("base")) : Optional.empty();
  }

  /** Who carries no name belongs where its upstream does, else where its followers do. */
  private void inherit() {
    for (var rounds = 0; rounds < labels.size(); rounds++) {
      servers.forEach(
          (at, server) ->
              parent(server)
                  .ifPresent(
                      upstream -> {
                        adopt(at, upstream.endpoint());
                        adopt(upstream.endpoint(), at);
                      }));
    }
  }

  private void adopt(Endpoint nameless, Endpoint named) {
    if (label(nameless).isEmpty()) {
      labels.put(nameless, label(named));
    }
  }

  String label(Endpoint server) {
    return labels.getOrDefault(server, "");
  }

  /** Makes all servers of one label those of another. */
  void relabel(String from, String to) {
    labels.replaceAll((at, label) -> label.equals(from) ? to : label);
  }

  /** The server that another one follows, if it was seen. */
  Optional<LiveInstance> parent(LiveInstance server) {
    return server.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))
        ? Optional.ofNullable(servers.get(live.serverAt(upstream)))
        : Optional.empty();
  }

  /** Where the upstream of a server is, whether it was seen or not. */
  Optional<Endpoint> upstream(LiveInstance server) {
    return parent(server)
        .map(LiveInstance::endpoint)
        .or(
            () ->
                live.linkTo(server)
                    .flatMap(ReplicationLink::receiver)
                    .flatMap(WalReceiver::upstream)
                    .or(() -> wanted(server))
                    .filter(address -> address.port() > 0 && !address.host().isBlank())
                    .map(address -> new Endpoint(address.host(), address.port())));
  }

  private static Optional<HostPort> wanted(LiveInstance server) {
    return server
        .facts()
        .recovery()
        .ifSeen()
        .flatMap(settings -> settings.configuredUpstream().ifSeen())
        .flatMap(address -> address);
  }

  /** By how much a server replays late on purpose. */
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
