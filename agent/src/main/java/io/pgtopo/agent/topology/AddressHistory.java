package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The servers that answered at each address, in the last polls; it counts in polls, not in time.
 *
 * <p>A new server proves nothing: servers restart, and addresses move with them. A load balancer or
 * a virtual address is recognised by a server that comes back after another one, or by an address
 * that was a second one of two servers in turn.
 */
public record AddressHistory(SortedMap<Endpoint, Entry> entries) {
  /** No poll yet. */
  public static final AddressHistory EMPTY = new AddressHistory(new TreeMap<>());

  /** How many servers of one address are remembered. */
  private static final int MOST_SERVERS = 4;

  /** After so many polls in a row that reached one server an address is ordinary again. */
  private static final int POLLS_UNTIL_ORDINARY = 720;

  /**
   * What is known of one address.
   *
   * @param servers that answered there, the last one first
   * @param secondOf endpoints whose server it reached as a second address
   * @param steady how many polls in a row reached the last server
   */
  public record Entry(
      List<Identity> servers, NavigableSet<Endpoint> secondOf, Nature nature, int steady) {
    public Entry {
      secondOf = Collections.unmodifiableNavigableSet(new TreeSet<>(secondOf));
      servers = List.copyOf(servers);
    }
  }

  /** Whether an address belongs to one server. */
  public enum Nature {
    ORDINARY,
    SHARED
  }

  public AddressHistory {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** The addresses that reached different servers. */
  public NavigableSet<Endpoint> shared() {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().nature == Nature.SHARED)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** This history with the polls of one more cycle, without the addresses not polled in it. */
  public AddressHistory next(Collection<Observation> observations, Topology live) {
    var next = new TreeMap<Endpoint, Entry>();
    for (var seen : observations) {
      var before =
          entries.getOrDefault(
              seen.endpoint(), new Entry(List.of(), new TreeSet<>(), Nature.ORDINARY, 0));
      next.put(
          seen.endpoint(),
          seen instanceof Observation.Reachable(var endpoint, var window, var facts, var refusal)
              ? next(before, endpoint, facts.identity(), live)
              : before);
    }
    return new AddressHistory(next);
  }

  private static Entry next(Entry before, Endpoint at, Identity now, Topology live) {
    var isTheLast = !before.servers.isEmpty() && before.servers.getFirst().isSameServer(now);
    var hasReturned = !isTheLast && before.servers.stream().anyMatch(now::isSameServer);
    var steady = isTheLast ? before.steady + 1 : 0;
    if (steady > POLLS_UNTIL_ORDINARY) {
      return new Entry(List.of(now), new TreeSet<>(), Nature.ORDINARY, 0);
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
    return new Entry(servers, secondOf, nature, steady);
  }

  /** Whether these endpoints reach several servers at the same time. */
  private static boolean areDifferent(Set<Endpoint> endpoints, Topology live) {
    return endpoints.stream()
            .filter(endpoint -> live.at(endpoint).isPresent())
            .map(live::serverAt)
            .distinct()
            .count()
        > 1;
  }
}
