package io.pgtopo.agent.drift;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import java.util.Comparator;
import java.util.Optional;

/**
 * Somebody who belongs to a declared cluster by what is seen of them, and is declared nowhere.
 *
 * @param cluster whose member they follow, directly or not, or who follows them
 * @param live what they say themselves; empty if they were not looked at, or did not answer
 * @param link that joins them to the cluster; empty if only their names do
 */
public record UndeclaredServer(
    String cluster, Peer peer, Optional<LiveInstance> live, Optional<ReplicationLink> link) {

  public static final Comparator<UndeclaredServer> ORDER =
      Comparator.comparing(UndeclaredServer::cluster)
          .thenComparing(UndeclaredServer::peer)
          .thenComparing(
              UndeclaredServer::link, Comparator.comparing(link -> link.orElse(null), nulls()));

  private static Comparator<ReplicationLink> nulls() {
    return Comparator.nullsFirst(Comparator.naturalOrder());
  }
}
