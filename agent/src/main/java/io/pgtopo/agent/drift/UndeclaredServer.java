package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import java.util.Comparator;
import java.util.Optional;

/**
 * A server that belongs to a declared cluster by what is reported, and is not declared.
 *
 * @param cluster of the member that it streams from, directly or not, or that streams from it
 * @param live what it reports itself; empty if it was not polled, or did not answer
 * @param failure of its poll; empty if it was not polled, or answered
 * @param link that joins it to the cluster; empty if only its name does
 * @param ordinal its place, from 1, among those of one name and host that were not polled
 */
public record UndeclaredServer(
    String cluster,
    Peer peer,
    Optional<LiveInstance> live,
    Optional<Failure> failure,
    Optional<ReplicationLink> link,
    int ordinal) {

  public static final Comparator<UndeclaredServer> ORDER =
      Comparator.comparing(UndeclaredServer::cluster)
          .thenComparing(UndeclaredServer::peer)
          .thenComparing(
              UndeclaredServer::link, Comparator.comparing(link -> link.orElse(null), nulls()));

  /** What it is called: two servers of one name and host have two names. */
  public String name() {
    return peer + place();
  }

  /** What a name ends with that is not the first one. */
  public String place() {
    return ordinal == 1 ? "" : " #" + ordinal;
  }

  public UndeclaredServer numbered(int place) {
    return new UndeclaredServer(cluster, peer, live, failure, link, place);
  }

  private static Comparator<ReplicationLink> nulls() {
    return Comparator.nullsFirst(Comparator.naturalOrder());
  }
}
