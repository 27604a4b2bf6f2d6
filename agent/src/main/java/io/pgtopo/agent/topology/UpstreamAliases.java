package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Addresses in the {@code primary_conninfo} of standbys whose walsender was identified otherwise:
 * other addresses of that upstream. An address that led to two servers is a load balancer, and is
 * left out.
 */
final class UpstreamAliases {
  private UpstreamAliases() {}

  static Map<Endpoint, Endpoint> of(Topology topology, AddressBook addresses) {
    var upstreams = new TreeMap<Endpoint, NavigableSet<Endpoint>>();
    for (var link : topology.links()) {
      if (link.grade() == ReplicationLink.Grade.BOTH_ENDS
          && link.upstream() instanceof Peer.Known(var upstream)) {
        link.receiver()
            .flatMap(WalReceiver::upstream)
            .filter(address -> isUnambiguous(address.host()) && address.port() != 0)
            .map(address -> new Endpoint(address.host(), address.port()))
            .filter(address -> isUnknown(address, topology, addresses))
            .map(address -> upstreams.computeIfAbsent(address, it -> new TreeSet<>()))
            .ifPresent(servers -> servers.add(upstream));
      }
    }
    return AddressBook.unambiguous(upstreams);
  }

  /** Loopback is another server on each node; a name may be moved while connections stay open. */
  private static boolean isUnambiguous(String host) {
    return IpAddress.parse(host).filter(address -> !address.isLoopback()).isPresent();
  }

  private static boolean isUnknown(Endpoint address, Topology topology, AddressBook addresses) {
    return !addresses.isDeclared(address)
        && !addresses.shared().contains(address)
        && topology.at(address).isEmpty()
        && !topology.unreachable().containsKey(address);
  }
}
