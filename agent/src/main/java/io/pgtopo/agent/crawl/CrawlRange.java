package io.pgtopo.agent.crawl;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Network;
import java.util.List;
import java.util.Optional;

/**
 * The addresses that may be polled without being declared.
 *
 * <p>By default the /24 (IPv6: the /64) around each declared address: a replica is usually near it,
 * whereas a whole private range may belong to others, and a foreign server could steal the login.
 *
 * @param isConfigured whether the user set the networks, which then allow replicas at public
 *     addresses too
 */
record CrawlRange(List<Network> networks, boolean isConfigured, int maxInstances) {
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

  /** Why an address must not be polled; empty if it may be. */
  Optional<String> refusal(IpAddress address, ReportedAddress.Direction direction) {
    if (networks.stream().noneMatch(network -> network.contains(address))) {
      return Optional.of("is in no network that may be crawled");
    }
    return direction == ReportedAddress.Direction.UPSTREAM
            || isConfigured
            || address.isPrivate()
            || address.isLoopback()
        ? Optional.empty()
        : Optional.of("is the public address of a replica");
  }

  boolean contains(String host) {
    return IpAddress.parse(host)
        .filter(address -> networks.stream().anyMatch(network -> network.contains(address)))
        .isPresent();
  }
}
