package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Standstill;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with the WAL of a replica, in English. */
final class ReplicationText {
  private final AddressBook names;
  private final FactText facts;

  ReplicationText(AddressBook names, FactText facts) {
    this.names = names;
    this.facts = facts;
  }

  Wording of(ReplicationDrift drift) {
    return switch (drift) {
      case ReplicationDrift.Diverged diverged ->
          new Wording(
              "a copy of " + nameOf(diverged.upstream()),
              "%d bytes ahead of it".formatted(diverged.bytesAhead()),
              List.of(
                  facts.position(diverged.live()),
                  diverged
                      .written()
                      .map(
                          written ->
                              "%s was polled after that, and had written up to %s: %s has at least %d bytes that it never wrote"
                                  .formatted(
                                      facts.nameAndAddress(diverged.upstream().endpoint()),
                                      written,
                                      nameOf(diverged.live()),
                                      diverged.bytesAhead()))
                      .orElseGet(
                          () ->
                              "its walreceiver and the walsender of %s both report it: it has %d bytes that were never sent"
                                  .formatted(
                                      facts.nameAndAddress(diverged.upstream().endpoint()),
                                      diverged.bytesAhead()))));
      case ReplicationDrift.TimelineFork fork ->
          new Wording(
              "a copy of " + nameOf(fork.upstream()), "forked at " + fork.forkedAt(), fork(fork));
      case ReplicationDrift.ReplicationLoop loop ->
          new Wording(
              "WAL from a primary",
              "a loop: "
                  + loop.links().stream()
                      .map(link -> names.nameOf(link.downstream()))
                      .collect(Collectors.joining(", ")),
              loop.links().stream().map(facts::link).toList());
      case ReplicationDrift.UpstreamMismatch mismatch ->
          new Wording(
              "streams from " + names.nameOf(mismatch.expected()),
              facts.streams(mismatch.live()),
              List.of(
                  mismatch
                      .link()
                      .map(facts::link)
                      .orElseGet(
                          () ->
                              facts.nameAndAddress(mismatch.instance().endpoint())
                                  + " reports: its walreceiver "
                                  + facts.streams(mismatch.live()))));
      case ReplicationDrift.ReplicaDetached detached ->
          new Wording(
              MemberText.declaredRole(detached.instance()),
              facts.detached(detached.why()),
              List.of(
                  facts.position(detached.live())
                      + (detached.live().upstream() instanceof LiveUpstream.Detached
                          ? ", without a walreceiver"
                          : ""),
                  facts.reason(detached.why())));
      case ReplicationDrift.OrphanedReplica orphaned ->
          new Wording(
              "WAL from a primary",
              "cut off together with " + nameOf(orphaned.head()),
              List.of(
                  facts.position(orphaned.live()),
                  "%s; it %s"
                      .formatted(
                          facts.position(orphaned.head()),
                          orphaned.head().upstream() instanceof LiveUpstream.Detached
                              ? "has no walreceiver"
                              : facts.streams(orphaned.head().upstream()))));
      case ReplicationDrift.ReplayPaused paused ->
          new Wording(
              "replaying",
              "replay " + standstill(paused.why()),
              List.of(facts.position(paused.live()) + evidence(paused.why())));
      case ReplicationDrift.DelayMismatch mismatch ->
          new Wording(
              delay(mismatch.instance().delay()),
              delay(mismatch.delay()),
              List.of(
                  facts.reports(mismatch.live())
                      + "recovery_min_apply_delay is "
                      + FactText.duration(mismatch.delay())));
      case ReplicationDrift.ReplicationLag lag ->
          new Wording(
              "at most %d bytes behind".formatted(lag.allowedBytes()),
              "%d bytes behind".formatted(lag.bytesBehind()),
              List.of(facts.position(lag.live()), facts.position(lag.primary())));
      case ReplicationDrift.FailoverSlotUnsynced unsynced -> unsynced(unsynced);
      case ReplicationDrift.TimelineBehind behind ->
          new Wording(
              "timeline " + behind.upstream().facts().timeline().id(),
              "timeline " + behind.live().facts().timeline().id(),
              List.of(
                  facts.reports(behind.live())
                      + "recovery_target_timeline is %s, so it does not follow its upstream to timeline %d"
                          .formatted(
                              behind.target().isEmpty() ? "empty" : behind.target(),
                              behind.upstream().facts().timeline().id())));
    };
  }

  private List<String> fork(ReplicationDrift.TimelineFork fork) {
    var waits =
        fork.live()
            .facts()
            .walReceiver()
            .filter(row -> row.status() == WalReceiver.Status.WAITING)
            .isPresent();
    return waits
        ? List.of(
            facts.position(fork.live()),
            facts.position(fork.upstream()),
            "its walreceiver waits at %s, where %s left its timeline, and it has replayed past that"
                .formatted(fork.forkedAt(), nameOf(fork.upstream())))
        : List.of(
            "%s last reported: %s"
                .formatted(
                    facts.nameAndAddress(fork.live().endpoint()),
                    FactText.position(fork.live().facts())),
            facts.position(fork.upstream()),
            "that is past %s, where timeline %d of %s began; nothing shows that it was rewound or rebuilt since"
                .formatted(
                    fork.forkedAt(),
                    fork.upstream().facts().timeline().id(),
                    nameOf(fork.upstream())));
  }

  /** What replay does instead. */
  static String standstill(Standstill why) {
    return switch (why) {
      case Standstill.Paused paused -> "paused";
      case Standstill.InConflict conflict -> "waits for a session of this standby";
      case Standstill.Unexplained unexplained -> "stands still";
    };
  }

  private static String evidence(Standstill why) {
    return switch (why) {
      case Standstill.Paused(var target) ->
          ", and replay is paused"
              + target.map(it -> "; " + it + " is set: recovery ends there").orElse("");
      case Standstill.InConflict(var arrived, var conflict) ->
          ", and WAL has arrived up to %s; its startup process waits for %s (wait_event %s)"
              .formatted(arrived, conflict(conflict), conflict.event());
      case Standstill.Unexplained(var arrived, var wait) ->
          ", and WAL has arrived up to %s; replay is not paused, has no delay and is in no known conflict%s"
              .formatted(arrived, wait.map(it -> " (wait_event " + it + ")").orElse(""));
    };
  }

  private static String conflict(Standstill.Conflict conflict) {
    return switch (conflict) {
      case SNAPSHOT -> "a query that needs rows which the primary has removed";
      case TABLESPACE -> "a query that uses a tablespace which the primary has dropped";
      case BUFFER -> "a query that uses a page which is to be cleaned up";
      case RELATION, OBJECT -> "a query that holds a lock which conflicts with one of the primary";
    };
  }

  private String nameOf(LiveInstance live) {
    return names.nameOf(live.endpoint());
  }

  private static String delay(Duration delay) {
    return delay.isZero() ? "no delay" : "a delay of " + FactText.duration(delay);
  }

  private Wording unsynced(ReplicationDrift.FailoverSlotUnsynced drift) {
    var standby = drift.live();
    var evidence = new ArrayList<String>();
    if (!drift.slots().isEmpty()) {
      evidence.add(
          "%sfailover slots %s; %s has no copy of these that is synchronized, persistent and valid"
              .formatted(
                  facts.reports(drift.primary()), SlotText.names(drift.slots()), nameOf(standby)));
    }
    drift
        .obstacles()
        .forEach(obstacle -> evidence.add(facts.reports(standby) + obstacle(obstacle)));
    return new Wording(
        "the failover slots of %s, synchronized".formatted(nameOf(drift.primary())),
        drift.slots().isEmpty()
            ? "cannot synchronize any"
            : "without " + SlotText.names(drift.slots()),
        List.copyOf(evidence),
        drift.slots().isEmpty()
            ? List.of()
            : List.of(
                "after a failover to %s the subscribers of %s have no slot"
                    .formatted(nameOf(standby), SlotText.names(drift.slots()))));
  }

  private static String obstacle(ReplicationDrift.SyncObstacle obstacle) {
    return switch (obstacle) {
      case SWITCHED_OFF -> "sync_replication_slots is off";
      case NO_FEEDBACK -> "hot_standby_feedback is off, which synchronization needs";
      case NO_SLOT -> "primary_slot_name is empty, which synchronization needs";
      case NO_DATABASE -> "primary_conninfo names no dbname, which synchronization needs";
    };
  }
}
