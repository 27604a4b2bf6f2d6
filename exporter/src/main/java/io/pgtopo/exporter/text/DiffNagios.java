package io.pgtopo.exporter.text;

import io.pgtopo.agent.drift.Severity;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.DriftReport;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs, as a check plugin of Nagios, Icinga and their kin prints it: a line with the state,
 * the worst drift and performance data, then a line for each drift.
 */
public final class DiffNagios {
  private final DriftReport report;
  private final List<DriftEntry> counted;

  /**
   * A result.
   *
   * @param counts the drifts and unverifiable ones that decide the state
   */
  public DiffNagios(DriftReport report, Predicate<DriftEntry> counts) {
    this.report = report;
    this.counted = DiffText.worstFirst(report).filter(counts).toList();
  }

  /** The states of a check. */
  public enum State {
    OK(0),
    WARNING(1),
    CRITICAL(2),
    UNKNOWN(3);

    private final int exitStatus;

    State(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    public int exitStatus() {
      return exitStatus;
    }
  }

  /** The worst of what counts; info is no reason to disturb anybody. */
  public State state() {
    if (report.reachable() == 0) {
      return State.UNKNOWN;
    }
    if (has(Severity.CRITICAL)) {
      return State.CRITICAL;
    }
    if (has(Severity.WARNING)) {
      return State.WARNING;
    }
    return counted.stream().anyMatch(DriftEntry::isUnverifiable) ? State.UNKNOWN : State.OK;
  }

  private boolean has(Severity severity) {
    return counted.stream().anyMatch(drift -> drift.severity().equals(severity.label()));
  }

  public String render() {
    var summary = report.reachable() == 0 ? "no server answered" : report.summary();
    var worst = counted.stream().findFirst().map(it -> ": " + line(it)).orElse("");
    var lines = counted.stream().map(DiffNagios::lines).collect(Collectors.joining());
    return line(state(), summary + worst) + " | " + performance() + "\n" + lines;
  }

  /** The line of a state that is known without a report, such as that of bad input. */
  public static String line(State state, String sentence) {
    return "PGTOPO %s - %s".formatted(state, oneLine(sentence));
  }

  private static String line(DriftEntry drift) {
    var difference = drift.isUnverifiable() ? drift.declared() : drift.difference();
    return oneLine(
        "%s %s %s: %s".formatted(drift.severity(), drift.topic(), drift.subject(), difference));
  }

  /** With its evidence. */
  private static String lines(DriftEntry drift) {
    return Stream.concat(
            Stream.of(line(drift)), drift.evidence().stream().map(it -> "  " + oneLine(it)))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private String performance() {
    var drifts =
        Stream.of(Severity.CRITICAL, Severity.WARNING, Severity.INFO)
            .map(severity -> severity.label() + "=" + count(severity));
    return Stream.concat(
            Stream.of("instances=" + report.instances(), "reachable=" + report.reachable()),
            Stream.concat(drifts, Stream.of("unverifiable=" + report.unverifiable().size())))
        .collect(Collectors.joining(" "));
  }

  private long count(Severity severity) {
    return report.drifts().stream()
        .filter(drift -> drift.severity().equals(severity.label()))
        .count();
  }

  /** A bar would begin performance data. */
  private static String oneLine(String text) {
    return Printable.of(text).replace('|', '/').strip();
  }
}
