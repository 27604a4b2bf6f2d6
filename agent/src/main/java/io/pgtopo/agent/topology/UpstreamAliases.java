package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Addresses that walreceivers dialled, and whose server the start of the connection told: other
 * addresses of that server. One that led to two servers is a balancer, and means neither.
 */
final class UpstreamAliases {
  private UpstreamAliases() {}

  static Map<Endpoint, Endpoint> of(Topology topology, AddressBook addresses) {
    var aliases = new TreeMap<Endpoint, Endpoint>();
    Set<Endpoint> ambiguous = new HashSet<>();
    for (var family : topology.clusters().values()) {
      for (var link : family.links()) {
        if (link.grade() == ReplicationLink.Grade.BOTH_ENDS
            && link.upstream() instanceof Peer.Known(var upstream)) {
          link.receiver()
              .flatMap(row -> row.upstream())
              .filter(address -> isTelling(address.host()) && address.port() != 0)
              .map(address -> new Endpoint(address.host(), address.port()))
              .filter(address -> isUnknown(address, topology, addresses))
              .ifPresent(
                  address -> {
                    var known = aliases.putIfAbsent(address, upstream);
                    if (known != null && !known.equals(upstream)) {
                      ambiguous.add(address);
                    }
                  });
        }
      }
    }
    aliases.keySet().removeAll(ambiguous);
    return aliases;
  }

  /** Loopback means another server on each node; a name may be moved while connections stay. */
  private static boolean isTelling(String host) {
    return IpAddress.parse(host).filter(address -> !address.isLoopback()).isPresent();
  }

  private static boolean isUnknown(Endpoint address, Topology topology, AddressBook addresses) {
    return !addresses.isDeclared(address)
        && !addresses.shared().contains(address)
        && topology.at(address).isEmpty()
        && !topology.unreachable().containsKey(address);
  }
}
