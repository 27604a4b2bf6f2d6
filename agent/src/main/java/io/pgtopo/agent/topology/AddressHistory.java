package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which servers answered at each address, look by look; it counts in looks, not in time.
 *
 * <p>That a new server answers is nothing special: servers restart, and addresses move with them.
 * What tells a load balancer or a virtual address is that a server comes back after another one, or
 * that the address was a second one of two servers in turn.
 */
public record AddressHistory(SortedMap<Endpoint, Past> pasts) {
  /** Nothing was seen yet. */
  public static final AddressHistory EMPTY = new AddressHistory(new TreeMap<>());

  /** How many servers of one address are remembered. */
  private static final int MOST_SERVERS = 4;

  /** After so many looks that all reached one server an address is as good as any other. */
  private static final int FORGIVEN_AFTER = 720;

  /**
   * What is known of one address.
   *
   * @param servers that answered there, the last one first
   * @param secondOf endpoints whose server it led to as a second address
   * @param steady how many looks in a row reached the last one
   */
  public record Past(
      List<Identity> servers, NavigableSet<Endpoint> secondOf, Nature nature, int steady) {
    public Past {
      secondOf = Collections.unmodifiableNavigableSet(new TreeSet<>(secondOf));
      servers = List.copyOf(servers);
    }
  }

  /** What an address is. */
  public enum Nature {
    ORDINARY,
    SHARED
  }

  public AddressHistory {
    pasts = Collections.unmodifiableSortedMap(new TreeMap<>(pasts));
  }

  /** The addresses that led to different servers. */
  public NavigableSet<Endpoint> shared() {
    return pasts.entrySet().stream()
        .filter(entry -> entry.getValue().nature == Nature.SHARED)
        .map(entry -> entry.getKey())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** This history with the looks of one more cycle; addresses not looked at are forgotten. */
  public AddressHistory next(Collection<Observation> observations, Topology live) {
    var next = new TreeMap<Endpoint, Past>();
    for (var seen : observations) {
      var before =
          pasts.getOrDefault(
              seen.endpoint(), new Past(List.of(), new TreeSet<>(), Nature.ORDINARY, 0));
      next.put(
          seen.endpoint(),
          seen instanceof Observation.Reachable(var endpoint, var window, var facts)
              ? next(before, endpoint, facts.identity(), live)
              : before);
    }
    return new AddressHistory(next);
  }

  private static Past next(Past before, Endpoint at, Identity now, Topology live) {
    var isTheLast = !before.servers.isEmpty() && before.servers.getFirst().isSameServer(now);
    var hasReturned = !isTheLast && before.servers.stream().anyMatch(now::isSameServer);
    var steady = isTheLast ? before.steady + 1 : 0;
    if (steady > FORGIVEN_AFTER) {
      return new Past(List.of(now), new TreeSet<>(), Nature.ORDINARY, 0);
    }
    var servers =
        Stream.concat(
                Stream.of(now), before.servers.stream().filter(known -> !known.isSameServer(now)))
            .limit(MOST_SERVERS)
            .toList();
    var secondOf = new TreeSet<>(before.secondOf);
    Optional.ofNullable(live.duplicates().get(at))
        .filter(unused -> secondOf.size() < MOST_SERVERS)
        .ifPresent(secondOf::add);
    var nature = hasReturned || areDifferent(secondOf, live) ? Nature.SHARED : before.nature;
    return new Past(servers, secondOf, nature, steady);
  }

  /** Whether several of these endpoints lead to servers that are there side by side. */
  private static boolean areDifferent(Set<Endpoint> endpoints, Topology live) {
    return endpoints.stream()
            .filter(endpoint -> live.at(endpoint).isPresent())
            .map(live::serverAt)
            .distinct()
            .count()
        > 1;
  }
}
