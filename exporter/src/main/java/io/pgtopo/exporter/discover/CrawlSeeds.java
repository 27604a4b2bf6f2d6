package io.pgtopo.exporter.discover;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.settings.Destination;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.HostLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The servers that a crawl begins with.
 *
 * @param named what the user calls each of them
 * @param environment in which all of them are logged in to
 */
public record CrawlSeeds(SortedMap<Endpoint, String> named, Map<String, String> environment) {

  /** Reads what the user names; a host name becomes its address, as an inventory has it. */
  public static CrawlSeeds of(List<String> servers, Map<String, String> environment) {
    var named = new TreeMap<Endpoint, String>();
    Optional<Map<String, String>> login = Optional.empty();
    for (var server : servers) {
      var destination = Destination.of(server, environment);
      if (login.filter(it -> !it.equals(destination.environment())).isPresent()) {
        throw new CommandFailed(
            "all servers of --from are logged in to alike, as a crawl does with what it finds;"
                + " name user and database in one of them, or in PGUSER and PGDATABASE");
      }
      login = Optional.of(destination.environment());
      named.put(address(destination.endpoint()), server);
    }
    return new CrawlSeeds(named, login.orElse(environment));
  }

  private static Endpoint address(Endpoint named) {
    if (IpAddress.parse(named.host()).isPresent()) {
      return named;
    }
    return HostLookup.addresses(named.host()).stream()
        .findFirst()
        .map(address -> new Endpoint(address, named.port()))
        .orElseThrow(() -> new CommandFailed("the host %s has no address".formatted(named.host())));
  }

  /** An inventory with these beside what it declares. */
  public Inventory with(Inventory declared) {
    var more = new TreeMap<>(named);
    declared.instances().forEach(it -> more.remove(it.endpoint()));
    var clusters = new ArrayList<>(declared.clusters());
    clusters.addAll(new CrawlSeeds(more, environment).inventory().clusters());
    return new Inventory(clusters);
  }

  /** An inventory that says no more of them than where they are. */
  public Inventory inventory() {
    var instances = new ArrayList<Instance>();
    for (var endpoint : named.keySet()) {
      instances.add(
          new Instance(
              "seed",
              instances.size() + 1,
              Optional.empty(),
              endpoint,
              new DeclaredUpstream.None(),
              Duration.ZERO,
              Instance.Traffic.DEFAULT));
    }
    return new Inventory(instances.isEmpty() ? List.of() : List.of(new Cluster("seed", instances)));
  }
}
