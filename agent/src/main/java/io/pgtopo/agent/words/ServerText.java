package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ServerDrift;
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
      case ServerDrift.ArchivingFails fails ->
          new Wording(
              "WAL is archived",
              "the last attempt failed",
              List.of(
                  reports
                      + "an attempt failed at %s, and nothing was archived since"
                          .formatted(fails.failedAt())));
    };
  }
}
