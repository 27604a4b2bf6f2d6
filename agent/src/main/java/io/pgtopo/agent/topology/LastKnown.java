package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What earlier polls proved of endpoints that are polled.
 *
 * @param upstreams the upstream of each in the last poll that proved it, until it reports another
 * @param clocks the clock of each against the agent's in the last poll that it answered
 */
public record LastKnown(
    SortedMap<Endpoint, Peer> upstreams, SortedMap<Endpoint, ClockOffset> clocks) {

  /** Nothing is remembered. */
  public static final LastKnown EMPTY =
      new LastKnown(Collections.emptySortedMap(), Collections.emptySortedMap());

  public LastKnown {
    upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
    clocks = Collections.unmodifiableSortedMap(new TreeMap<>(clocks));
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
    return new LastKnown(next, times);
  }

  /** Whether an endpoint is polled and does not report its upstream. */
  static boolean isSilent(Endpoint endpoint, Topology seen) {
    return seen.at(endpoint)
        .map(live -> live.upstream() instanceof LiveUpstream.Hidden)
        .orElseGet(() -> seen.unreachable().containsKey(endpoint));
  }
}
