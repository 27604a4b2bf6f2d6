package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.SubscriptionDrift;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.SubscriptionErrors;
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
              failing.recent().errors() > 0
                  ? "its workers fail again and again"
                  : "changes are applied to rows that differ",
              List.of(
                  reports
                      + "counted %s within the last minute or two polls"
                          .formatted(counted(failing.recent()))
                      + subscription.errors().map(SubscriptionText::total).orElse("")
                      + slot(subscription)));
    };
  }

  private static String counted(SubscriptionErrors.Recent recent) {
    var errors = "%d more errors".formatted(recent.errors());
    var conflicts = "%d more conflicts without an error".formatted(recent.conflicts());
    if (recent.conflicts() == 0) {
      return errors;
    }
    return recent.errors() == 0 ? conflicts : errors + " and " + conflicts;
  }

  private static String total(Subscription.Errors errors) {
    var conflicts =
        errors.conflicts() == 0
            ? ""
            : ", and %d conflicts without an error".formatted(errors.conflicts());
    return ", %d of applying and %d of copying tables%s since %s"
        .formatted(
            errors.apply(),
            errors.copy(),
            conflicts,
            errors.since().map(Object::toString).orElse("ever"));
  }

  private static String slot(Subscription subscription) {
    return subscription.slot().map("; it receives through slot %s"::formatted).orElse("");
  }
}
