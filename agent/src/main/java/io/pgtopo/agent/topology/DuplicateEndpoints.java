package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which endpoints lead to one server: a virtual address, a second name, or a mistake. */
final class DuplicateEndpoints {
  private DuplicateEndpoints() {}

  /** What one server has in common with itself, and hardly ever with another. */
  private record Birth(SystemId systemId, Instant startedAt) {
    static Birth of(Identity identity) {
      return new Birth(identity.systemId(), identity.startedAt());
    }
  }

  /**
   * Each endpoint that leads to a server that another one stands for, and that one: a declared one,
   * then one at which the server answers under the address that was dialled, then the first in
   * order.
   */
  static SortedMap<Endpoint, Endpoint> among(
      SortedMap<Endpoint, InstanceFacts> reachable, AddressBook addresses) {
    var births = new LinkedHashMap<Birth, List<List<Endpoint>>>();
    reachable.forEach(
        (endpoint, facts) -> {
          var twins =
              births.computeIfAbsent(Birth.of(facts.identity()), birth -> new ArrayList<>());
          twins.stream()
              .filter(known -> identity(known.getFirst(), reachable).isSameServer(facts.identity()))
              .findFirst()
              .ifPresentOrElse(
                  known -> known.add(endpoint),
                  () -> twins.add(new ArrayList<>(List.of(endpoint))));
        });
    var duplicates = new TreeMap<Endpoint, Endpoint>();
    for (var endpoints : births.values().stream().flatMap(List::stream).toList()) {
      var server = representative(endpoints, reachable, addresses);
      endpoints.stream()
          .filter(endpoint -> !endpoint.equals(server))
          .forEach(endpoint -> duplicates.put(endpoint, server));
    }
    return duplicates;
  }

  private static Endpoint representative(
      List<Endpoint> endpoints,
      SortedMap<Endpoint, InstanceFacts> reachable,
      AddressBook addresses) {
    return endpoints.stream()
        .min(
            Comparator.<Endpoint, Boolean>comparing(endpoint -> !addresses.isDeclared(endpoint))
                .thenComparing(endpoint -> !isItsOwn(endpoint, identity(endpoint, reachable)))
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
