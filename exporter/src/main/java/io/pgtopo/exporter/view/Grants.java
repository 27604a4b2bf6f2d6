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

  /** A role that pg_monitor includes, and that pgtopo needs. */
  public enum Privilege {
    STATISTICS(
        "pg_read_all_stats",
        "addresses, states and lag of walsenders, and all of walreceivers: links are known by names"
            + " at best"),
    SETTINGS(
        "pg_read_all_settings",
        "primary_conninfo and data_directory: why a replica is detached, and whether two addresses"
            + " are one server");

    private final String role;
    private final String lost;

    Privilege(String role, String lost) {
      this.role = role;
      this.lost = lost;
    }

    /** Its name in PostgreSQL. */
    public String role() {
      return role;
    }

    /** What is unknown without it. */
    public String lost() {
      return lost;
    }
  }

  /** What was shown of a privilege. */
  public State of(Privilege privilege) {
    return switch (privilege) {
      case STATISTICS -> statistics;
      case SETTINGS -> settings;
    };
  }

  /** The statement that gives both privileges to a role. */
  public static String monitor(String role) {
    return "GRANT pg_monitor TO " + role;
  }

  /** A name as SQL writes it. */
  public static String identifier(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
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
    readings.add(facts.replication().subscriptions());
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
