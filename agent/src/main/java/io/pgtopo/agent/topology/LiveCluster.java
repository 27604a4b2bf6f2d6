package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;

/**
 * All servers of one origin, proven or presumed, and the links between them. It may hold two
 * primaries; that is a drift, not an error.
 *
 * @param members in order
 * @param links in order of upstream and downstream; one end may be unknown
 */
public record LiveCluster(Origin origin, List<Endpoint> members, List<ReplicationLink> links) {

  public LiveCluster {
    members = List.copyOf(members);
    links = List.copyOf(links);
  }

  /** The link that an instance receives WAL through; empty if none is proved. */
  public Optional<ReplicationLink> linkTo(Endpoint downstream) {
    var peer = new Peer.Known(downstream);
    return links.stream().filter(link -> link.downstream().equals(peer)).findFirst();
  }
}
