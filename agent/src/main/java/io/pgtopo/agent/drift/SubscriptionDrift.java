package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.SubscriptionErrors;
import io.pgtopo.config.model.Instance;

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
    };
  }

  /** Its name is unique within its database. */
  @Override
  default Subject subject() {
    return Subject.of(instance())
        .part(
            Subject.Part.Type.SUBSCRIPTION,
            subscription().database() + "." + subscription().name());
  }

  /** {@link DriftKind#SUBSCRIPTION_DOWN}. */
  record SubscriptionDown(Instance instance, LiveInstance live, Subscription subscription)
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
}
