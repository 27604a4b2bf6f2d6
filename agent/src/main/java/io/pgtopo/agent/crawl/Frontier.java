package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be looked at next, and what is not.
 *
 * @param next addresses, and why each is of interest
 * @param unresolved host names whose addresses have to be known first
 * @param refused addresses that are not followed, and a sentence about each
 * @param overLimit how many addresses the bound keeps from being looked at
 */
public record Frontier(
    SortedMap<Endpoint, Expectation> next,
    NavigableSet<String> unresolved,
    SortedMap<String, String> refused,
    int overLimit) {

  /** What is hoped for at an address. */
  public sealed interface Expectation {
    /** The server that a replica names as its upstream, of whatever family it is. */
    record Upstream() implements Expectation {}

    /** A replica of this family; its port was guessed. */
    record Replica(SystemId systemId) implements Expectation {}
  }

  public Frontier {
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
    unresolved = Collections.unmodifiableNavigableSet(new TreeSet<>(unresolved));
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
  }
}
