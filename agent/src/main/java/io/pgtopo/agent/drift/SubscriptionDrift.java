package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.KnownPublishers;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.SubscriptionErrors;
import io.pgtopo.config.model.Instance;
import java.util.Optional;

/** What is wrong with a subscription, as the server that runs it reports it. */
public sealed interface SubscriptionDrift extends Drift {
  /** The instance that runs it, as declared. */
  Instance instance();

  /** The same, as it reports itself. */
  LiveInstance live();

  /** The subscription. */
  Subscription subscription();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case SubscriptionDown down -> DriftKind.SUBSCRIPTION_DOWN;
      case SubscriptionFailing failing -> DriftKind.SUBSCRIPTION_FAILING;
      case SubscriptionIncomplete incomplete -> DriftKind.SUBSCRIPTION_INCOMPLETE;
      case PublisherChanged changed -> DriftKind.PUBLISHER_CHANGED;
    };
  }

  @Override
  default Subject subject() {
    return subject(instance(), subscription());
  }

  /** Its name is unique within its database. */
  static Subject subject(Instance instance, Subscription subscription) {
    return Subject.of(instance)
        .part(Subject.Part.Type.SUBSCRIPTION, subscription.database() + "." + subscription.name());
  }

  /**
   * {@link DriftKind#SUBSCRIPTION_DOWN}.
   *
   * @param silence of its apply worker; empty if it has none
   */
  record SubscriptionDown(
      Instance instance, LiveInstance live, Subscription subscription, Optional<Silence> silence)
      implements SubscriptionDrift {}

  /**
   * {@link DriftKind#SUBSCRIPTION_FAILING}.
   *
   * @param recent what was counted lately
   */
  record SubscriptionFailing(
      Instance instance,
      LiveInstance live,
      Subscription subscription,
      SubscriptionErrors.Recent recent)
      implements SubscriptionDrift {}

  /** {@link DriftKind#SUBSCRIPTION_INCOMPLETE}. */
  record SubscriptionIncomplete(Instance instance, LiveInstance live, Subscription subscription)
      implements SubscriptionDrift {}

  /**
   * {@link DriftKind#PUBLISHER_CHANGED}.
   *
   * @param own that it received from before
   * @param now that it receives from
   */
  record PublisherChanged(
      Instance instance,
      LiveInstance live,
      Subscription subscription,
      KnownPublishers.Source own,
      KnownPublishers.Source now)
      implements SubscriptionDrift {}
}
