package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What earlier polls proved of endpoints that are polled.
 *
 * @param upstreams the upstream of each in the last poll that proved it, until it reports another
 * @param clocks the clock of each against the agent's in the last poll that it answered
 * @param origins of the servers that answered last, each where it is no other endpoint's server
 * @param connections of the walreceiver of each in the last poll that proved both of its ends
 */
public record LastKnown(
    SortedMap<Endpoint, Peer> upstreams,
    SortedMap<Endpoint, ClockOffset> clocks,
    SortedMap<Endpoint, KnownOrigin> origins,
    SortedMap<Endpoint, KnownUpstream> connections) {

  /** A walreceiver ends with its connection, so it never has another upstream. */
  public record KnownUpstream(Backend receiver, Endpoint upstream) {}

  /** What was proven of one start of a server. */
  public record KnownOrigin(Identity server, Origin proven) {}

  /** Nothing is remembered. */
  public static final LastKnown EMPTY =
      new LastKnown(
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap());

  public LastKnown {
    upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
    clocks = Collections.unmodifiableSortedMap(new TreeMap<>(clocks));
    origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
    connections = Collections.unmodifiableSortedMap(new TreeMap<>(connections));
  }

  /** What is remembered after one more cycle. */
  public LastKnown next(Topology seen) {
    var next = new TreeMap<Endpoint, Peer>();
    upstreams.forEach(
        (downstream, upstream) -> {
          if (isSilent(downstream, seen)) {
            next.put(downstream, upstream);
          }
        });
    for (var link : seen.links()) {
      link.downstream().ifKnown().ifPresent(downstream -> next.put(downstream, link.upstream()));
    }
    var times = new TreeMap<>(clocks);
    times.keySet().retainAll(seen.unreachable().keySet());
    seen.instances().forEach((endpoint, live) -> times.put(endpoint, live.clock()));
    var proven = new TreeMap<>(origins);
    proven.keySet().removeIf(it -> !seen.unreachable().containsKey(it) && !seen.isAstray(it));
    seen.instances()
        .forEach(
            (endpoint, live) -> {
              if (!seen.isAstray(endpoint)) {
                proven.put(endpoint, new KnownOrigin(live.facts().identity(), live.proven()));
              }
            });
    return new LastKnown(next, times, proven, connectionsAfter(seen));
  }

  private SortedMap<Endpoint, KnownUpstream> connectionsAfter(Topology seen) {
    var after = new TreeMap<>(connections);
    after.keySet().removeIf(it -> seen.at(it).isEmpty() && !seen.unreachable().containsKey(it));
    for (var link : seen.links()) {
      if (link.grade() == ReplicationLink.Grade.BOTH_ENDS
          && link.upstream() instanceof Peer.Known(var upstream)
          && link.downstream() instanceof Peer.Known(var downstream)) {
        link.receiver()
            .map(WalReceiver::backend)
            .filter(backend -> backend.startedAt().isPresent())
            .ifPresent(backend -> after.put(downstream, new KnownUpstream(backend, upstream)));
      }
    }
    return after;
  }

  /** The upstream of a walreceiver, if both of its ends were ever seen. */
  Optional<Endpoint> upstream(Endpoint downstream, WalReceiver receiver) {
    return Optional.ofNullable(connections.get(downstream))
        .filter(known -> known.receiver.equals(receiver.backend()))
        .map(KnownUpstream::upstream);
  }

  /** The server that answered last at an endpoint that is polled. */
  Optional<Identity> server(Endpoint endpoint) {
    return Optional.ofNullable(origins.get(endpoint)).map(KnownOrigin::server);
  }

  /** What was proven of a server before, unless it has restarted since. */
  Optional<Origin> origin(Endpoint endpoint, Identity server) {
    return Optional.ofNullable(origins.get(endpoint))
        .filter(before -> before.server.isSameServer(server))
        .map(KnownOrigin::proven);
  }

  /** Whether an endpoint is polled and does not report its upstream. */
  static boolean isSilent(Endpoint endpoint, Topology seen) {
    return seen.at(endpoint)
        .map(live -> live.upstream() instanceof LiveUpstream.Hidden)
        .orElseGet(() -> seen.unreachable().containsKey(endpoint));
  }
}
