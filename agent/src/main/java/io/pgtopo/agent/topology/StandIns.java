package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds endpoints that reach the server of another endpoint while that one is silent: a name or a
 * virtual address that has moved. What is declared of such an endpoint says nothing of the server.
 */
final class StandIns {
  private StandIns() {}

  /** Each of them, and the declared endpoint whose server it reaches: itself if that is unknown. */
  static SortedMap<Endpoint, Endpoint> among(
      SortedMap<Endpoint, InstanceFacts> servers,
      Collection<Endpoint> silent,
      AddressBook addresses,
      LastKnown memory) {
    var lost = silent.stream().filter(addresses::isDeclared).sorted().toList();
    var found = new TreeMap<Endpoint, Endpoint>();
    servers.forEach(
        (endpoint, facts) ->
            owner(endpoint, facts.identity(), lost, memory)
                .filter(owner -> addresses.isDeclared(endpoint))
                .ifPresent(owner -> found.put(endpoint, owner)));
    return found;
  }

  private static Optional<Endpoint> owner(
      Endpoint endpoint, Identity server, List<Endpoint> lost, LastKnown memory) {
    if (server.serverAddress().filter(endpoint::equals).isPresent()) {
      return Optional.empty();
    }
    return lost.stream()
        .filter(it -> isItsOwn(it, endpoint, server) || isItsLast(it, server, memory))
        .findFirst()
        .or(
            () ->
                memory.server(endpoint).filter(last -> isOlder(server, last)).map(it -> endpoint));
  }

  /** Whether it started before the one that was there: then it is no restart of that. */
  private static boolean isOlder(Identity server, Identity last) {
    return !server.isSameServer(last) && server.startedAt().isBefore(last.startedAt());
  }

  /** Whether it listens there; a host name says nothing of addresses. */
  private static boolean isItsOwn(Endpoint lost, Endpoint endpoint, Identity server) {
    return IpAddress.parse(endpoint.host()).isPresent()
        && server.serverAddress().filter(lost::equals).isPresent();
  }

  private static boolean isItsLast(Endpoint lost, Identity server, LastKnown memory) {
    return memory.server(lost).filter(server::isSameServer).isPresent();
  }
}
