package io.pgtopo.exporter.view;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.config.model.Labelled;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which privileges a server has shown the monitoring user to have.
 *
 * @param refused views and functions that it refuses, although every role may read them by default
 */
public record Grants(State settings, State statistics, List<String> refused) {

  /** What one answer shows of a privilege. */
  public enum State implements Labelled {
    THERE,
    MISSING,
    /** The server had nothing that would need it. */
    NOT_SHOWN
  }

  public static Grants of(InstanceFacts facts) {
    return new Grants(
        standing(List.of(facts.identity().dataDirectory())),
        standing(statistics(facts)),
        refused(facts));
  }

  public boolean isWhole() {
    return hasMonitor() && refused.isEmpty();
  }

  /** Whether it shows nothing that a grant of pg_monitor would end. */
  public boolean hasMonitor() {
    return settings != State.MISSING && statistics != State.MISSING;
  }

  private static List<String> refused(InstanceFacts facts) {
    var readings = new ArrayList<Reading<?>>(statistics(facts));
    readings.add(facts.identity().systemId());
    readings.add(facts.replication().senders());
    readings.add(facts.replication().slotRows());
    readings.add(facts.settings());
    facts
        .survey()
        .ifSeen()
        .ifPresent(survey -> readings.addAll(List.of(survey.databases(), survey.roles())));
    switch (facts.state()) {
      case ServerState.InProduction production -> {
        readings.add(production.archiver());
        readings.add(production.syncWaits());
        readings.add(production.lastCommit());
      }
      case ServerState.InRecovery recovery -> readings.add(recovery.startupWait());
    }
    if (facts.timeline().source() == Timeline.Source.HIDDEN) {
      readings.add(
          Reading.denied(
              RefusableFact.reason(List.of("pg_control_checkpoint()", "pg_control_recovery()"))));
    }
    return readings.stream()
        .flatMap(
            reading ->
                reading instanceof Reading.Denied<?>(var reason)
                    ? RefusableFact.refused(reason).stream()
                    : Stream.empty())
        .distinct()
        .toList();
  }

  private static List<Reading<?>> statistics(InstanceFacts facts) {
    var readings = new ArrayList<Reading<?>>();
    facts.replication().walSenders().forEach(sender -> readings.add(sender.stream()));
    if (facts.state() instanceof ServerState.InRecovery recovery) {
      readings.add(recovery.receiver());
    }
    return readings;
  }

  /** A walsender that is only just starting hides its row from everybody. */
  private static State standing(List<Reading<?>> readings) {
    if (readings.stream().anyMatch(Grants::lacksPrivilege)) {
      return State.MISSING;
    }
    return readings.stream().anyMatch(reading -> reading instanceof Reading.Seen<?>)
        ? State.THERE
        : State.NOT_SHOWN;
  }

  private static boolean lacksPrivilege(Reading<?> reading) {
    return reading instanceof Reading.Denied<?>(var reason)
        && reason.contains("GRANT")
        && RefusableFact.refused(reason).isEmpty();
  }
}
