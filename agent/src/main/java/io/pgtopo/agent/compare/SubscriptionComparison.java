package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.drift.SubscriptionDrift;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the subscriptions that the members run apply what is published. */
final class SubscriptionComparison {
  private final ClusterContext cluster;

  private SubscriptionComparison(ClusterContext cluster) {
    this.cluster = cluster;
  }

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(new SubscriptionComparison(cluster)::evaluate);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    return switch (found.facts().replication().subscriptions()) {
      case Reading.Denied<List<Subscription>>(var reason) -> hidden(instance, found, reason);
      case Reading.Seen<List<Subscription>>(var subscriptions) -> {
        var kinds = EnumSet.of(DriftKind.SUBSCRIPTION_DOWN, DriftKind.PUBLISHER_CHANGED);
        // Before 15 errors are not counted.
        if (subscriptions.stream().allMatch(it -> it.errors().isPresent())) {
          kinds.add(DriftKind.SUBSCRIPTION_FAILING);
        }
        if (subscriptions.stream().allMatch(it -> it.tables() instanceof Reading.Seen)) {
          kinds.add(DriftKind.SUBSCRIPTION_INCOMPLETE);
        }
        yield Evaluation.of(
            kinds,
            Subject.of(instance),
            subscriptions.stream()
                .flatMap(
                    it ->
                        Stream.of(
                            compare(instance, found, it),
                            unreadable(instance, it),
                            publisher(instance, found, it)))
                .flatMap(Optional::stream)
                .toList());
      }
    };
  }

  /** Where it is unknown whether there are any, nothing is claimed. */
  private static Evaluation hidden(Instance instance, LiveInstance found, String reason) {
    return found
            .facts()
            .survey()
            .ifSeen()
            .map(Survey::subscriptions)
            .flatMap(Reading::ifSeen)
            .filter(count -> count > 0)
            .isEmpty()
        ? Evaluation.NOTHING
        : Evaluation.unverifiable(
            DriftKind.SUBSCRIPTION_DOWN,
            Subject.of(instance),
            new Reason.Hidden(Reason.Hidden.What.FACT, reason));
  }

  /** A worker that fails is often seen between two attempts, when there is none. */
  private Optional<Drift> compare(
      Instance instance, LiveInstance found, Subscription subscription) {
    var recent =
        cluster.fleet().earlier().past().subscriptions().recent(found.endpoint(), subscription);
    if (recent.isAny()) {
      return Optional.of(
          new SubscriptionDrift.SubscriptionFailing(instance, found, subscription, recent));
    }
    var silence = Silence.of(subscription, found);
    if (subscription.isDown() || silence.isPresent()) {
      return Optional.of(
          new SubscriptionDrift.SubscriptionDown(instance, found, subscription, silence));
    }
    return subscription.isIncomplete()
        ? Optional.of(new SubscriptionDrift.SubscriptionIncomplete(instance, found, subscription))
        : Optional.empty();
  }

  /** Its database may not let the agent in. */
  private static Optional<Drift> unreadable(Instance instance, Subscription subscription) {
    return subscription.tables() instanceof Reading.Denied<Subscription.Tables>(var reason)
            && !reason.equals(Survey.NOT_YET)
        ? Optional.of(
            new Drift.Unverifiable(
                DriftKind.SUBSCRIPTION_INCOMPLETE,
                SubscriptionDrift.subject(instance, subscription),
                new Reason.Hidden(Reason.Hidden.What.FACT, reason)))
        : Optional.empty();
  }

  private Optional<Drift> publisher(
      Instance instance, LiveInstance found, Subscription subscription) {
    return cluster
        .fleet()
        .earlier()
        .past()
        .publishers()
        .of(found.endpoint(), subscription)
        .flatMap(
            followed ->
                followed
                    .other()
                    .map(
                        now ->
                            new SubscriptionDrift.PublisherChanged(
                                instance, found, subscription, followed.own(), now)));
  }
}
