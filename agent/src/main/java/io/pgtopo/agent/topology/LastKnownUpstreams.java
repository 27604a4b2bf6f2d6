package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The upstream of each endpoint in the last poll that proved it, until the endpoint reports
 * another.
 *
 * @param upstreams by downstream; only of endpoints that are polled
 */
public record LastKnownUpstreams(SortedMap<Endpoint, Peer> upstreams) {

  /** Nothing is remembered. */
  public static final LastKnownUpstreams EMPTY =
      new LastKnownUpstreams(Collections.emptySortedMap());

  public LastKnownUpstreams {
    upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
  }

  /** What is remembered after one more cycle. */
  public LastKnownUpstreams next(Topology seen) {
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
    return new LastKnownUpstreams(next);
  }

  /** Whether an endpoint is polled and does not report its upstream. */
  static boolean isSilent(Endpoint endpoint, Topology seen) {
    return seen.at(endpoint)
        .map(live -> live.upstream() instanceof LiveUpstream.Hidden)
        .orElseGet(() -> seen.unreachable().containsKey(endpoint));
  }
}
