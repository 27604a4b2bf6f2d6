package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What clients found at the addresses of a service.
 *
 * @param byAddress of each address, oldest first; none of one that was not dialled
 */
public record DialledService(SortedMap<Endpoint, List<Dial>> byAddress) {

  /** A server that a client got. */
  public record Reached(Dial dial, Dial.Answer.Server server) {
    /** The role that it had then. */
    public LiveRole role() {
      return switch (server.recovery()) {
        case IN_PRODUCTION -> LiveRole.PRIMARY;
        case IN_RECOVERY -> LiveRole.REPLICA;
      };
    }
  }

  public DialledService {
    byAddress = Collections.unmodifiableSortedMap(new TreeMap<>(byAddress));
  }

  /** Of one service. */
  public static DialledService of(Service service, Dials dials) {
    var byAddress = new TreeMap<Endpoint, List<Dial>>();
    service.listen().endpoints().forEach(address -> byAddress.put(address, dials.at(address)));
    return new DialledService(byAddress);
  }

  /** All servers that clients got. */
  public List<Reached> reached() {
    return byAddress.values().stream()
        .flatMap(List::stream)
        .filter(dial -> dial.answer() instanceof Dial.Answer.Server)
        .map(dial -> new Reached(dial, (Dial.Answer.Server) dial.answer()))
        .toList();
  }

  /** The roles that these had. */
  public Set<LiveRole> roles() {
    var roles = EnumSet.noneOf(LiveRole.class);
    reached().forEach(it -> roles.add(it.role()));
    return roles;
  }

  /** Whether each address was dialled. */
  public boolean isWhole() {
    return byAddress.values().stream().noneMatch(List::isEmpty);
  }

  /**
   * The last dial of each address at which no client got a server, all {@link Dials#MOST} times.
   */
  public List<Dial> down() {
    return byAddress.values().stream()
        .filter(dials -> dials.size() == Dials.MOST)
        .filter(dials -> dials.stream().allMatch(DialledService::isNoServer))
        .map(List::getLast)
        .toList();
  }

  /**
   * Whether at least so many of some dials show where an address leads, or all that are kept: each
   * got a server, or found none there.
   */
  public static boolean hasAnswers(List<Dial> dials, int wanted) {
    return dials.stream()
            .filter(dial -> dial.answer() instanceof Dial.Answer.Server || isNoServer(dial))
            .count()
        >= Math.min(wanted, Dials.KEPT);
  }

  static boolean isNoServer(Dial dial) {
    return dial.answer() instanceof Dial.Answer.Failed(var failure) && failure.isNoServer();
  }
}
