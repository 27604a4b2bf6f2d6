package io.pgtopo.exporter.discover;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.settings.ServerArgument;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.HostLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The servers that a crawl starts from.
 *
 * @param named by their endpoints, as the user wrote them
 * @param environment with the login to all of them
 */
public record StartServers(SortedMap<Endpoint, String> named, Map<String, String> environment) {

  /** Resolves host names to addresses, as inventories have them. */
  public static StartServers of(List<String> servers, Map<String, String> environment) {
    var named = new TreeMap<Endpoint, String>();
    Optional<Map<String, String>> login = Optional.empty();
    for (var server : servers) {
      var argument = ServerArgument.of(server, environment);
      if (login.filter(it -> !it.equals(argument.environment())).isPresent()) {
        throw new CommandFailed(
            "all servers of --from need the same user and database, which the crawl uses for every"
                + " server; set them in PGUSER and PGDATABASE, or in one of the URIs");
      }
      login = Optional.of(argument.environment());
      named.put(address(argument.endpoint()), server);
    }
    return new StartServers(named, login.orElse(environment));
  }

  private static Endpoint address(Endpoint named) {
    if (IpAddress.parse(named.host()).isPresent()) {
      return named;
    }
    return HostLookup.addresses(named.host()).stream()
        .findFirst()
        .map(address -> new Endpoint(address, named.port()))
        .orElseThrow(() -> new CommandFailed("cannot resolve host %s".formatted(named.host())));
  }

  /** More servers, with the same login. */
  StartServers plus(Set<Endpoint> more) {
    var all = new TreeMap<>(named);
    more.forEach(endpoint -> all.putIfAbsent(endpoint, endpoint.toString()));
    return new StartServers(all, environment);
  }

  /** An inventory with these servers added. */
  public Inventory with(Inventory declared) {
    var more = new TreeMap<>(named);
    declared.instances().forEach(it -> more.remove(it.endpoint()));
    var clusters = new ArrayList<>(declared.clusters());
    clusters.addAll(new StartServers(more, environment).inventory().clusters());
    return new Inventory(clusters);
  }

  /** An inventory with nothing but their endpoints. */
  private Inventory inventory() {
    var instances = new ArrayList<Instance>();
    for (var endpoint : named.keySet()) {
      instances.add(
          new Instance(
              "start",
              instances.size() + 1,
              Optional.empty(),
              endpoint,
              new DeclaredUpstream.None(),
              Duration.ZERO,
              Instance.Traffic.DEFAULT));
    }
    return new Inventory(
        instances.isEmpty() ? List.of() : List.of(new Cluster("start", instances)));
  }
}
