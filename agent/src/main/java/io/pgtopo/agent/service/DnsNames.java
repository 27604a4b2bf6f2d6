package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.NameReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the declared DNS names lead.
 *
 * @param byName the last report of each
 * @param asOf when they were collected
 */
public record DnsNames(SortedMap<String, NameReport> byName, Instant asOf) {
  /** None was looked up. */
  public static final DnsNames NONE = new DnsNames(new TreeMap<>(), Instant.EPOCH);

  /** An older report shows nothing of the present. */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  public DnsNames {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  /** The last report of a name, unless it is old. */
  public Optional<NameReport> of(String name) {
    return Optional.ofNullable(byName.get(name))
        .filter(it -> !it.window().to().isBefore(asOf.minus(OLDEST)));
  }

  /** These with more reports. */
  public DnsNames next(Collection<NameReport> fresh, Instant now) {
    var all = new TreeMap<>(byName);
    fresh.forEach(report -> all.put(report.name(), report));
    return new DnsNames(all, now);
  }

  /** Those of some names. */
  public DnsNames only(Set<String> names) {
    var kept = new TreeMap<>(byName);
    kept.keySet().retainAll(names);
    return new DnsNames(kept, asOf);
  }
}
