package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The last connections to each address of a service. A load balancer takes servers in turn, so one
 * connection shows one of them only.
 *
 * @param byAddress the newest {@link #KEPT}, oldest first
 * @param answered at which a server, or what stands before it, ever spoke PostgreSQL's protocol
 * @param asOf when they were collected
 */
public record Dials(
    SortedMap<Endpoint, List<Dial>> byAddress, NavigableSet<Endpoint> answered, Instant asOf) {
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
  public static final Dials NONE = new Dials(new TreeMap<>(), new TreeSet<>(), Instant.EPOCH);

  public Dials {
    var copy = new TreeMap<Endpoint, List<Dial>>();
    byAddress.forEach((address, dials) -> copy.put(address, List.copyOf(dials)));
    byAddress = Collections.unmodifiableSortedMap(copy);
    answered = Collections.unmodifiableNavigableSet(new TreeSet<>(answered));
  }

  /** Those of an address that show the present: the newest {@link #MOST}, oldest first. */
  public List<Dial> at(Endpoint address) {
    var recent = recent(address);
    return recent.subList(Math.max(0, recent.size() - MOST), recent.size());
  }

  private List<Dial> recent(Endpoint address) {
    return all(address).stream()
        .filter(dial -> !dial.window().to().isBefore(asOf.minus(OLDEST)))
        .toList();
  }

  /** Whether so many clients of an address got no server that one bad server is no reason. */
  public boolean isDown(Endpoint address) {
    var recent = recent(address);
    return recent.size() >= KEPT && recent.stream().allMatch(DialledService::isNoServer);
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
    var speaking = new TreeSet<>(answered);
    fresh.stream().filter(Dials::isAnswered).map(Dial::address).forEach(speaking::add);
    return new Dials(all, speaking, now);
  }

  private static boolean isAnswered(Dial dial) {
    return switch (dial.answer()) {
      case Dial.Answer.Server server -> true;
      case Dial.Answer.Failed(var failure) -> failure.kind().isAnswer();
    };
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
    var speaking = new TreeSet<>(answered);
    speaking.retainAll(addresses);
    return new Dials(kept, speaking, asOf);
  }
}
