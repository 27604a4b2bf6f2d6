package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ArchiveFault;
import io.pgtopo.agent.drift.ServerDrift;
import java.time.Instant;
import java.util.List;

/** What is wrong with the version, a setting or the archiver of an instance, in English. */
final class ServerText {
  private final FactText facts;

  ServerText(FactText facts) {
    this.facts = facts;
  }

  Wording of(ServerDrift drift) {
    var reports = facts.reports(drift.live());
    var version = drift.live().facts().identity().version();
    return switch (drift) {
      case ServerDrift.PrimaryReadOnly readOnly ->
          new Wording(
              "accepts writes",
              "new sessions are read-only",
              List.of(reports + "default_transaction_read_only is on"));
      case ServerDrift.ParametersTooLow tooLow ->
          new Wording(
              "at least the settings of its primary",
              "%d lower".formatted(tooLow.parameters().size()),
              tooLow.parameters().stream()
                  .map(
                      low ->
                          "%s%s is %d, that of the primary is %d"
                              .formatted(reports, low.name(), low.value(), low.needed()))
                  .toList());
      case ServerDrift.VersionMismatch mismatch ->
          new Wording(
              "PostgreSQL " + mismatch.declared(),
              "PostgreSQL " + version.major(),
              List.of(reports + "server_version is " + version));
      case ServerDrift.ArchivingFails fails -> archiving(reports, fails.why());
      case ServerDrift.StandbySlotMissing missing -> standbySlots(reports, missing);
    };
  }

  private static Wording standbySlots(String reports, ServerDrift.StandbySlotMissing drift) {
    var missing = String.join(", ", drift.missing());
    return new Wording(
        "the slots of synchronized_standby_slots",
        "%s missing".formatted(missing),
        List.of(
            reports
                + "synchronized_standby_slots names %s, of which it has no physical slot that is valid"
                    .formatted(missing)),
        drift.waiting().isEmpty()
            ? List.of()
            : List.of(
                "subscribers receive nothing through %s: its walsenders wait for that slot"
                    .formatted(SlotText.names(drift.waiting()))));
  }

  private static Wording archiving(String reports, ArchiveFault why) {
    var declared = "WAL is archived";
    return switch (why) {
      case ArchiveFault.Failed(var at) ->
          new Wording(
              declared,
              "the last attempt failed",
              List.of(
                  reports
                      + "an attempt failed at %s, and nothing was archived since".formatted(at)));
      case ArchiveFault.StandsStill(var file, var writing, var lasted, var last) ->
          new Wording(
              declared,
              "archiving stands still",
              List.of(
                  reports
                      + "WAL from %s to %s is in complete files, the first for at least %s; none was archived since, and no attempt failed"
                          .formatted(file, writing, FactText.seconds(lasted)),
                  "archived last: "
                      + last.map(Instant::toString)
                          .orElse("nothing since the statistics were reset")
                      + "; archive_command hangs or is empty, or the archiver does not run"));
    };
  }
}
