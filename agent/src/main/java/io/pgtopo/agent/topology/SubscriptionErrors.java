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

  /** How many errors came between two polls, and when the second one was. */
  public record Growth(Instant at, long errors) {}

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
              var more = total(errors) - total(then.errors);
              if (more > 0) {
                growths.add(new Growth(now, more));
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

  /** How many errors were counted lately; none if they did not come in several polls. */
  public long recent(Endpoint at, Subscription subscription) {
    var growths =
        Optional.ofNullable(bySubscription.get(key(at, subscription)))
            .map(Course::growths)
            .orElse(List.of());
    return growths.size() < MANY ? 0 : growths.stream().mapToLong(Growth::errors).sum();
  }
}
