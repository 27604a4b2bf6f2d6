package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds endpoints that reach one server: a virtual address, a second name, or a mistake. */
final class DuplicateEndpoints {
  private DuplicateEndpoints() {}

  /**
   * Each endpoint whose server another one represents, and that one: preferably a declared one,
   * then one that is the server's own address, then one that reached it before, then the first in
   * order.
   */
  static SortedMap<Endpoint, Endpoint> among(
      SortedMap<Endpoint, InstanceFacts> reachable, AddressBook addresses, LastKnown memory) {
    var starts = new LinkedHashMap<Instant, List<List<Endpoint>>>();
    reachable.forEach(
        (endpoint, facts) -> {
          var identity = facts.identity();
          var servers = starts.computeIfAbsent(identity.startedAt(), it -> new ArrayList<>());
          servers.stream()
              .filter(known -> identity(known.getFirst(), reachable).isSameServer(identity))
              .findFirst()
              .ifPresentOrElse(
                  known -> known.add(endpoint),
                  () -> servers.add(new ArrayList<>(List.of(endpoint))));
        });
    var duplicates = new TreeMap<Endpoint, Endpoint>();
    for (var endpoints : starts.values().stream().flatMap(List::stream).toList()) {
      var server = representative(endpoints, reachable, addresses, memory);
      endpoints.stream()
          .filter(endpoint -> !endpoint.equals(server))
          .forEach(endpoint -> duplicates.put(endpoint, server));
    }
    return duplicates;
  }

  private static Endpoint representative(
      List<Endpoint> endpoints,
      SortedMap<Endpoint, InstanceFacts> reachable,
      AddressBook addresses,
      LastKnown memory) {
    return endpoints.stream()
        .min(
            Comparator.<Endpoint, Boolean>comparing(endpoint -> !addresses.isDeclared(endpoint))
                .thenComparing(endpoint -> !isItsOwn(endpoint, identity(endpoint, reachable)))
                .thenComparing(
                    endpoint ->
                        memory
                            .server(endpoint)
                            .filter(identity(endpoint, reachable)::isSameServer)
                            .isEmpty())
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  private static Identity identity(
      Endpoint endpoint, SortedMap<Endpoint, InstanceFacts> reachable) {
    return Objects.requireNonNull(reachable.get(endpoint)).identity();
  }

  private static boolean isItsOwn(Endpoint endpoint, Identity identity) {
    return identity.serverAddress().filter(endpoint::equals).isPresent();
  }
}
