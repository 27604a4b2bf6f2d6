package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The errors of subscriptions lately, folded over polls. Immutable. */
public record SubscriptionErrors(SortedMap<String, Course> bySubscription) {
  /** Nothing was polled before. */
  public static final SubscriptionErrors NONE = new SubscriptionErrors(new TreeMap<>());

  /** A worker is started again after {@code wal_retrieve_retry_interval}, 5 s by default. */
  private static final Duration LATELY = Duration.ofMinutes(1);

  /** One may be the end of the publisher. */
  private static final int MANY = 2;

  /**
   * One subscription.
   *
   * @param at when it was polled last
   * @param growths polls that found more errors than the one before, in order
   */
  public record Course(Instant at, Subscription.Errors errors, List<Growth> growths) {
    public Course {
      growths = List.copyOf(growths);
    }
  }

  /** How many errors and conflicts came between two polls, and when the second one was. */
  public record Growth(Instant at, long errors, long conflicts) {}

  /** How many were counted lately, in several polls. */
  public record Recent(long errors, long conflicts) {
    static final Recent NONE = new Recent(0, 0);

    public boolean isAny() {
      return errors > 0 || conflicts > 0;
    }
  }

  public SubscriptionErrors {
    bySubscription = Collections.unmodifiableSortedMap(new TreeMap<>(bySubscription));
  }

  /** After one more poll; what is silent is forgotten. */
  public SubscriptionErrors next(Topology live, Instant now) {
    var next = new TreeMap<String, Course>();
    for (var link : live.logicalLinks()) {
      link.subscriber()
          .ifPresent(
              end ->
                  end.subscription()
                      .errors()
                      .ifPresent(
                          errors -> {
                            var key = key(end.at(), end.subscription());
                            var before = Optional.ofNullable(bySubscription.get(key));
                            next.put(key, course(before, errors, now));
                          }));
    }
    return new SubscriptionErrors(next);
  }

  private static Course course(Optional<Course> before, Subscription.Errors errors, Instant now) {
    var growths = new ArrayList<Growth>();
    before
        .filter(then -> then.errors.since().equals(errors.since()))
        .ifPresent(
            then -> {
              // Polls may be further apart than that.
              then.growths.stream()
                  .filter(it -> it.at.equals(then.at) || !it.at.isBefore(now.minus(LATELY)))
                  .forEach(growths::add);
              var more =
                  new Growth(
                      now,
                      total(errors) - total(then.errors),
                      errors.conflicts() - then.errors.conflicts());
              if (more.errors > 0 || more.conflicts > 0) {
                growths.add(more);
              }
            });
    return new Course(now, errors, growths);
  }

  private static long total(Subscription.Errors errors) {
    return errors.apply() + errors.copy();
  }

  private static String key(Endpoint at, Subscription subscription) {
    return "%s %s %s".formatted(at, subscription.database(), subscription.name());
  }

  /** What was counted lately; none if it did not come in several polls. */
  public Recent recent(Endpoint at, Subscription subscription) {
    var growths =
        Optional.ofNullable(bySubscription.get(key(at, subscription)))
            .map(Course::growths)
            .orElse(List.of());
    return growths.size() < MANY
        ? Recent.NONE
        : new Recent(
            growths.stream().mapToLong(Growth::errors).sum(),
            growths.stream().mapToLong(Growth::conflicts).sum());
  }
}
