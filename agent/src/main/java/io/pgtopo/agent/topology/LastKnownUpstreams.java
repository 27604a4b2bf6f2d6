package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whom each endpoint followed when that was proved last, for as long as it cannot tell otherwise
 * itself.
 *
 * @param upstreams by downstream; only of endpoints that are looked at
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
    for (var family : seen.clusters().values()) {
      for (var link : family.links()) {
        if (link.downstream() instanceof Peer.Known(var downstream)) {
          next.put(downstream, link.upstream());
        }
      }
    }
    return new LastKnownUpstreams(next);
  }

  /** Whether an endpoint is looked at and does not tell whom it follows. */
  static boolean isSilent(Endpoint endpoint, Topology seen) {
    return seen.at(endpoint)
        .map(live -> live.upstream() instanceof LiveUpstream.Hidden)
        .orElseGet(() -> seen.unreachable().containsKey(endpoint));
  }
}
