package io.pgtopo.config.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How drift is to be taken: what a declared role means, how bad a kind is, what is known and
 * accepted, and what is being worked on.
 *
 * @param everywhere for all clusters
 * @param clusters by name; what one says wins over {@code everywhere}
 * @param ignored in order of declaration
 * @param maintenance in order of declaration
 */
public record Policy(
    Rating everywhere,
    SortedMap<String, Rating> clusters,
    List<IgnoreRule> ignored,
    List<Maintenance> maintenance) {

  /** Roles are initial, each kind is as bad as it is, and nothing is ignored. */
  public static final Policy NONE = new Policy(Rating.NONE, new TreeMap<>(), List.of(), List.of());

  /** What a declared role means. */
  public enum Roles {
    /** The one that it started with: an HA manager may have moved it since. */
    INITIAL,
    /** The one that it must have. */
    STRICT
  }

  /**
   * How drift is rated.
   *
   * @param severities words of severity, by kinds of drift
   * @param maxLag how many bytes of WAL a replica may be behind its primary
   */
  public record Rating(
      Optional<Roles> roles, SortedMap<String, String> severities, Optional<Long> maxLag) {
    static final Rating NONE = new Rating(Optional.empty(), new TreeMap<>(), Optional.empty());

    public Rating {
      severities = Collections.unmodifiableSortedMap(new TreeMap<>(severities));
    }
  }

  public Policy {
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    ignored = List.copyOf(ignored);
    maintenance = List.copyOf(maintenance);
  }

  /** What roles mean in a cluster. */
  public Roles roles(String cluster) {
    return clusters
        .getOrDefault(cluster, Rating.NONE)
        .roles()
        .or(everywhere::roles)
        .orElse(Roles.INITIAL);
  }

  /** How many bytes of WAL a replica of a cluster may be behind; empty for any number. */
  public Optional<Long> maxLag(String cluster) {
    return clusters.getOrDefault(cluster, Rating.NONE).maxLag().or(everywhere::maxLag);
  }

  /** How bad a kind of drift is in a cluster; empty if that is left to the kind. */
  public Optional<String> severity(String cluster, String kind) {
    return Optional.ofNullable(clusters.getOrDefault(cluster, Rating.NONE).severities().get(kind))
        .or(() -> Optional.ofNullable(everywhere.severities().get(kind)));
  }
}
