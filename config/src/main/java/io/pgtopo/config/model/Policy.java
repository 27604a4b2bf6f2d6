package io.pgtopo.config.model;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How drift is rated, which drift is ignored, and what is under maintenance.
 *
 * @param everywhere for all clusters
 * @param clusters by name; wins over {@code everywhere}
 */
public record Policy(
    Rating everywhere,
    SortedMap<String, Rating> clusters,
    List<IgnoreRule> ignored,
    List<Maintenance> maintenance) {

  public static final Policy NONE = new Policy(Rating.NONE, new TreeMap<>(), List.of(), List.of());

  /** How long an HA manager may be paused, unless the policy says otherwise. */
  private static final Duration MAX_PAUSE = Duration.ofHours(1);

  /** What a declared role means. */
  public enum Roles implements Labelled {
    /** An HA manager may have changed it since. */
    INITIAL,
    /** Any other role is a drift. */
    STRICT
  }

  /**
   * How drift is rated.
   *
   * @param severities by kind of drift
   * @param maxLag bytes of WAL that a replica may lag behind its primary
   * @param maxPause how long an HA manager may be paused
   */
  public record Rating(
      Optional<Roles> roles,
      SortedMap<String, String> severities,
      Optional<Long> maxLag,
      Optional<Duration> maxPause) {
    static final Rating NONE =
        new Rating(Optional.empty(), new TreeMap<>(), Optional.empty(), Optional.empty());

    public Rating {
      severities = Collections.unmodifiableSortedMap(new TreeMap<>(severities));
    }
  }

  public Policy {
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
    ignored = List.copyOf(ignored);
    maintenance = List.copyOf(maintenance);
  }

  public Roles roles(String cluster) {
    return clusters
        .getOrDefault(cluster, Rating.NONE)
        .roles()
        .or(everywhere::roles)
        .orElse(Roles.INITIAL);
  }

  /** In bytes of WAL; empty if there is no limit. */
  public Optional<Long> maxLag(String cluster) {
    return clusters.getOrDefault(cluster, Rating.NONE).maxLag().or(everywhere::maxLag);
  }

  /** How long the HA manager may be paused. */
  public Duration maxPause(String cluster) {
    return clusters
        .getOrDefault(cluster, Rating.NONE)
        .maxPause()
        .or(everywhere::maxPause)
        .orElse(MAX_PAUSE);
  }

  /** Empty if the kind's own severity applies. */
  public Optional<String> severity(String cluster, String kind) {
    return Optional.ofNullable(clusters.getOrDefault(cluster, Rating.NONE).severities().get(kind))
        .or(() -> Optional.ofNullable(everywhere.severities().get(kind)));
  }
}
