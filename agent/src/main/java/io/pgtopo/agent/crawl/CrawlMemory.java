package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.config.model.Endpoint;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of undeclared addresses from cycle to cycle; it counts in cycles, not in time.
 *
 * @param found addresses at which an undeclared server answered
 * @param backoff addresses that led to no server of the topology, and for how many cycles they are
 *     not polled again
 */
public record CrawlMemory(SortedMap<Endpoint, Found> found, SortedMap<Endpoint, Integer> backoff) {
  /** Nothing was found yet. */
  public static final CrawlMemory NOTHING = new CrawlMemory(new TreeMap<>(), new TreeMap<>());

  /**
   * A server that answered once.
   *
   * @param missed for how many cycles it has neither answered nor been reported by another server
   */
  public record Found(Reading<SystemId> systemId, int missed) {}

  public CrawlMemory {
    found = Collections.unmodifiableSortedMap(new TreeMap<>(found));
    backoff = Collections.unmodifiableSortedMap(new TreeMap<>(backoff));
  }
}
