package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.SlotDrift;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.topology.LogicalLink;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is wrong with a replication slot, in English. */
final class SlotText {
  private final FactText facts;

  SlotText(FactText facts) {
    this.facts = facts;
  }

  Wording of(SlotDrift drift) {
    var retention = drift.slot().retention();
    var reports = facts.reports(drift.live()) + "slot " + drift.slot().name() + " ";
    var kept = drift.keptBytes().map(bytes -> ", keeps %d bytes of WAL".formatted(bytes));
    var idle =
        retention
            .inactiveFor()
            .map(it -> ", inactive for %d s".formatted(it.toSeconds()))
            .orElse("");
    return switch (drift) {
      case SlotDrift.SlotLost lost ->
          new Wording(
              "keeps WAL for its user",
              "lost",
              List.of(
                  reports
                      + retention
                          .invalidation()
                          .map(reason -> "is invalidated: " + reason)
                          .orElse("has wal_status lost")
                      + idle
                      + "; it is for "
                      + lost.client().map(this::subscription).orElseGet(() -> user(drift.slot()))
                      + last(lost.client())));
      case SlotDrift.SlotOrphaned orphaned ->
          new Wording(
              "used by a member",
              "unused",
              List.of(
                  reports
                      + "is inactive"
                      + kept.orElse("")
                      + "; no instance uses it by its walreceiver, primary_slot_name or name"));
      case SlotDrift.SlotRetainsWal retains ->
          new Wording(
              "used by "
                  + retains.client().map(this::subscription).orElseGet(() -> user(drift.slot())),
              "inactive, and WAL piles up",
              List.of(
                  reports
                      + "has wal_status "
                      + retention.walStatus().orElse("unknown")
                      + kept.orElse("")
                      + retention
                          .safeBytes()
                          .map(bytes -> ", %d bytes until it is lost".formatted(bytes))
                          .orElse("")
                      + idle
                      + retains
                          .client()
                          .map(it -> "; %s received through it last".formatted(subscription(it)))
                          .orElse("")));
    };
  }

  private String last(Optional<LogicalLink.Subscriber> client) {
    return client.map(it -> ", which received through it last").orElse("");
  }

  private String subscription(LogicalLink.Subscriber client) {
    return "subscription %s of %s".formatted(client.subscription().name(), facts.name(client.at()));
  }

  /** Of a logical slot the client is unknown, and not an instance. */
  private static String user(ReplicationSlot slot) {
    return slot.decoding()
        .map(
            decoding ->
                "a subscriber of database %s (plugin %s)"
                    .formatted(decoding.database(), decoding.plugin()))
        .orElse("a standby");
  }

  /** Of several slots. */
  static String names(List<ReplicationSlot> slots) {
    return slots.stream().map(ReplicationSlot::name).collect(Collectors.joining(", "));
  }
}
