package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.SubscriptionDrift;
import io.pgtopo.agent.observation.Subscription;
import java.util.List;

/** What is wrong with a subscription, in English. */
final class SubscriptionText {
  private final FactText facts;

  SubscriptionText(FactText facts) {
    this.facts = facts;
  }

  Wording of(SubscriptionDrift drift) {
    var subscription = drift.subscription();
    var reports =
        "%ssubscription %s of database %s "
            .formatted(facts.reports(drift.live()), subscription.name(), subscription.database());
    return switch (drift) {
      case SubscriptionDrift.SubscriptionDown down ->
          new Wording(
              "enabled",
              "no worker applies its changes",
              List.of(reports + "is enabled and has no apply worker" + slot(subscription)));
      case SubscriptionDrift.SubscriptionFailing failing ->
          new Wording(
              "applies what is published",
              "its workers fail again and again",
              List.of(
                  reports
                      + "counted %d more errors within the last minute or two polls"
                          .formatted(failing.errors())
                      + subscription.errors().map(SubscriptionText::total).orElse("")
                      + slot(subscription)));
    };
  }

  private static String total(Subscription.Errors errors) {
    return ", %d of applying and %d of copying tables since %s"
        .formatted(
            errors.apply(), errors.copy(), errors.since().map(Object::toString).orElse("ever"));
  }

  private static String slot(Subscription subscription) {
    return subscription.slot().map("; it receives through slot %s"::formatted).orElse("");
  }
}
