package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.SlotDrift;
import io.pgtopo.agent.observation.ReplicationSlot;
import java.util.List;
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
                      + user(drift.slot())));
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
              "used by " + user(drift.slot()),
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
                      + idle));
    };
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
