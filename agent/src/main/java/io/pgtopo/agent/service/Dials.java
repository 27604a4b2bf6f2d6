package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The last connections to each address of a service. A load balancer takes servers in turn, so one
 * connection shows one of them only.
 *
 * @param byAddress the newest {@link #KEPT}, oldest first
 * @param asOf when they were collected
 */
public record Dials(SortedMap<Endpoint, List<Dial>> byAddress, Instant asOf) {
  /**
   * How many of an address show the present: what a load balancer has not noticed yet is forgotten
   * soon.
   */
  static final int MOST = 2;

  /** How many of an address are kept. */
  static final int KEPT = 8;

  /** An older one shows nothing of the present. */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  /** Nothing was dialled. */
  public static final Dials NONE = new Dials(new TreeMap<>(), Instant.EPOCH);

  public Dials {
    var copy = new TreeMap<Endpoint, List<Dial>>();
    byAddress.forEach((address, dials) -> copy.put(address, List.copyOf(dials)));
    byAddress = Collections.unmodifiableSortedMap(copy);
  }

  /** Those of an address that show the present: the newest {@link #MOST}, oldest first. */
  public List<Dial> at(Endpoint address) {
    var recent =
        all(address).stream()
            .filter(dial -> !dial.window().to().isBefore(asOf.minus(OLDEST)))
            .toList();
    return recent.subList(Math.max(0, recent.size() - MOST), recent.size());
  }

  /** Those of an address that began after a time, as far as they are kept. */
  public List<Dial> since(Endpoint address, Instant time) {
    return all(address).stream().filter(dial -> dial.window().from().isAfter(time)).toList();
  }

  private List<Dial> all(Endpoint address) {
    return byAddress.getOrDefault(address, List.of());
  }

  /** Whether nothing was dialled anywhere. */
  public boolean isEmpty() {
    return byAddress.isEmpty();
  }

  /** These with more. */
  public Dials next(Collection<Dial> fresh, Instant now) {
    var all = new TreeMap<Endpoint, List<Dial>>();
    byAddress.forEach((address, dials) -> all.put(address, new ArrayList<>(dials)));
    fresh.forEach(
        dial -> all.computeIfAbsent(dial.address(), address -> new ArrayList<>()).add(dial));
    all.values().forEach(Dials::keepNewest);
    return new Dials(all, now);
  }

  private static void keepNewest(List<Dial> dials) {
    if (dials.size() > KEPT) {
      dials.subList(0, dials.size() - KEPT).clear();
    }
  }

  /** Those of some addresses. */
  public Dials only(Set<Endpoint> addresses) {
    var kept = new TreeMap<>(byAddress);
    kept.keySet().retainAll(addresses);
    return new Dials(kept, asOf);
  }
}
