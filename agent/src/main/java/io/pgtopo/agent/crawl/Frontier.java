package io.pgtopo.agent.crawl;

import io.pgtopo.agent.topology.Origin;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The addresses to be polled next, and those that are not.
 *
 * @param next addresses, and what is expected at each
 * @param unresolved host names that have to be resolved first
 * @param refused addresses that are not polled, and a sentence about each
 * @param overLimit how many addresses are not polled because of the limit
 */
public record Frontier(
    SortedMap<Endpoint, Expectation> next,
    NavigableSet<String> unresolved,
    SortedMap<String, String> refused,
    int overLimit) {

  /** What is expected at an address. */
  public sealed interface Expectation {
    /** The upstream of a replica, whatever its system identifier. */
    record Upstream() implements Expectation {}

    /** A replica of this origin; its port was guessed. */
    record Replica(Origin origin) implements Expectation {}
  }

  public Frontier {
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
    unresolved = Collections.unmodifiableNavigableSet(new TreeSet<>(unresolved));
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
  }
}
