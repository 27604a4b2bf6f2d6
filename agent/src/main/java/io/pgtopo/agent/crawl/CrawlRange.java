package io.pgtopo.agent.crawl;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Network;
import java.util.List;
import java.util.Optional;

/**
 * How far the agent goes beyond what is declared.
 *
 * <p>By default to the /24 (IPv6: the /64) around each declared address: a replica of a cluster
 * usually stands beside it, whereas a whole private range may belong to others, and a login that is
 * shown to a foreign server may be stolen.
 *
 * @param isChosen whether the networks were set by the user, who then means them for replicas at
 *     public addresses too
 */
record CrawlRange(List<Network> networks, boolean isChosen, int maxInstances) {
  CrawlRange {
    networks = List.copyOf(networks);
  }

  static CrawlRange of(Crawl settings, Inventory declared) {
    return settings.networks().isEmpty()
        ? new CrawlRange(around(declared), false, settings.maxInstances())
        : new CrawlRange(settings.networks(), true, settings.maxInstances());
  }

  private static List<Network> around(Inventory declared) {
    return declared
        .instances()
        .map(Instance::endpoint)
        .flatMap(endpoint -> IpAddress.parse(endpoint.host()).stream())
        .map(Network::around)
        .distinct()
        .toList();
  }

  /** Why an address is not to be dialled; empty if it may be. */
  Optional<String> refusal(IpAddress address, ReportedAddress.Direction direction) {
    if (networks.stream().noneMatch(network -> network.contains(address))) {
      return Optional.of("is in no network that may be crawled");
    }
    var isTame = isChosen || address.isPrivate() || address.isLoopback();
    return direction == ReportedAddress.Direction.UPSTREAM || isTame
        ? Optional.empty()
        : Optional.of("is the public address of a replica");
  }

  /** Whether an address may be dialled that was dialled before. */
  boolean isOpenTo(String host) {
    return IpAddress.parse(host)
        .filter(address -> networks.stream().anyMatch(network -> network.contains(address)))
        .isPresent();
  }
}
