package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.SubscriptionDrift;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.KnownPublishers;
import io.pgtopo.agent.topology.SubscriptionErrors;
import io.pgtopo.config.model.Printable;
import java.util.List;
import java.util.stream.Collectors;

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
              down.silence().isEmpty()
                  ? "no worker applies its changes"
                  : "its apply worker is silent",
              List.of(reports + worker(down) + slot(subscription)));
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
                      + tables(subscription)
                      + slot(subscription)));
      case SubscriptionDrift.SubscriptionIncomplete incomplete ->
          new Wording(
              "all tables are copied",
              "tables wait for their data",
              List.of(reports + "has no worker that copies a table" + tables(subscription)));
      case SubscriptionDrift.PublisherChanged changed -> changed(changed, reports);
    };
  }

  private static String worker(SubscriptionDrift.SubscriptionDown down) {
    return down.silence()
        .map(
            silence ->
                "is enabled, and its apply worker%s has received nothing for at least %s; it is never longer than %s unless it or its publisher is frozen, the network is cut, or it waits to apply a change, as for a lock"
                    .formatted(
                        down.subscription().worker().map(it -> " " + it.pid()).orElse(""),
                        FactText.seconds(silence.lasting()),
                        FactText.duration(silence.usual())))
        .orElse("is enabled and has no apply worker");
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

  private static String tables(Subscription subscription) {
    return subscription
        .tables()
        .ifSeen()
        .filter(it -> it.unready() > 0)
        .map(
            it ->
                "; %d of its tables %s not copied: %s%s"
                    .formatted(
                        it.unready(),
                        it.unready() == 1 ? "is" : "are",
                        it.some().stream().map(Printable::of).collect(Collectors.joining(", ")),
                        it.unready() > it.some().size() ? " and others" : ""))
        .orElse("");
  }

  private Wording changed(SubscriptionDrift.PublisherChanged changed, String reports) {
    var own = changed.own();
    var now = changed.now();
    return new Wording(
        "receives from " + source(own),
        "receives from " + source(now),
        List.of(
            reports + "receives from " + source(now) + slot(changed.subscription()),
            "it received from %s up to %s; %s"
                .formatted(
                    facts.name(own.server()),
                    own.confirmed().map(Object::toString).orElse("an unknown position"),
                    now.isBehind(own)
                        ? "the other one is at %s, and a worker asks for its changes from where it was: those before are left out"
                            .formatted(now.confirmed().map(Object::toString).orElse("?"))
                        : "what the two sent differs")));
  }

  private String source(KnownPublishers.Source source) {
    return "%s (system identifier %s)".formatted(facts.name(source.server()), source.system());
  }

  private static String slot(Subscription subscription) {
    return subscription.slot().map("; it receives through slot %s"::formatted).orElse("");
  }
}
