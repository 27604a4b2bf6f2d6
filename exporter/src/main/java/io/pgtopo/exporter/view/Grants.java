package io.pgtopo.exporter.view;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.config.model.Labelled;
import java.util.ArrayList;
import java.util.List;

/** Which privileges a server has shown the monitoring user to have. */
public record Grants(State settings, State statistics) {

  /** What one answer shows of a privilege. */
  public enum State implements Labelled {
    THERE,
    MISSING,
    /** The server had nothing that would need it. */
    NOT_SHOWN
  }

  public static Grants of(InstanceFacts facts) {
    return new Grants(
        standing(List.of(facts.identity().dataDirectory())), standing(statistics(facts)));
  }

  public boolean isWhole() {
    return settings != State.MISSING && statistics != State.MISSING;
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
    return reading instanceof Reading.Denied<?>(var reason) && reason.contains("GRANT");
  }
}
