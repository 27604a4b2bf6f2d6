package io.pgtopo.exporter.daemon;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.track.Confirmation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.Config;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.MessageOutput;
import io.pgtopo.exporter.platform.ProgressLine;
import io.pgtopo.exporter.view.InstanceReport;
import io.pgtopo.exporter.view.Plural;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Cycles for one command. */
public final class OneShot implements AutoCloseable {
  private static final Duration BETWEEN_CYCLES = Duration.ofMillis(300);
  private static final int MOST_CYCLES = 3;

  /** On a busy machine a JVM that has just started takes long, whatever the servers do. */
  private static final Duration LONGEST_POLL = Duration.ofMinutes(3);

  /** A command has no later cycle to find the answers of services in. */
  private static final Duration DIALS = Duration.ofSeconds(3);

  /** More would bury the output. */
  private static final int MOST_WARNINGS = 3;

  private final Config config;
  private final CliContext context;
  private final MessageOutput err;
  private final CliContext.OpenProbe probe;
  private final Agent agent;
  private List<Observation> last = List.of();

  public OneShot(Config config, CliContext context, MessageOutput err) {
    this.config = config;
    this.context = context;
    this.err = err;
    probe = context.probe(config.settings(), config.inventory());
    agent =
        Daemon.agent(
            config,
            probe,
            context,
            LONGEST_POLL,
            new Hysteresis(Duration.ZERO),
            DIALS,
            new Trial(() -> 0));
  }

  /** One cycle, and more until each drift is confirmed or gone. */
  public Snapshot poll() throws InterruptedException {
    return poll(snapshot -> false);
  }

  /**
   * The same for what is asked of the servers.
   *
   * @param isOpen whether another cycle may prove what one could not
   */
  public Snapshot poll(Predicate<Snapshot> isOpen) throws InterruptedException {
    var servers = (int) config.inventory().instances().count();
    var what = "polling " + Plural.of(servers, "server");
    var progress = ProgressLine.start(context.screen(), err, what);
    try {
      var snapshot = agent.cycle();
      for (var cycles = 1;
          cycles < MOST_CYCLES && (isUnsure(snapshot) || isOpen.test(snapshot));
          cycles++) {
        Thread.sleep(BETWEEN_CYCLES);
        snapshot = agent.cycle();
      }
      last = snapshot.observations();
      return snapshot;
    } finally {
      progress.end();
    }
  }

  private boolean isUnsure(Snapshot snapshot) {
    return Confirmation.needsAnotherCycle(agent.history().tracker())
        || snapshot.observations().stream().anyMatch(OneShot::isPartial);
  }

  /** Of a server so far away that its first poll had no time for the full reading. */
  private static boolean isPartial(Observation observation) {
    return observation instanceof Observation.Reachable reachable
        && switch (reachable.facts().survey()) {
          case Reading.Denied<Survey> denied -> isPutOff(denied);
          case Reading.Seen<Survey>(var survey) ->
              survey.contents().values().stream().anyMatch(OneShot::isPutOff);
        };
  }

  private static boolean isPutOff(Reading<?> reading) {
    return reading instanceof Reading.Denied<?>(var reason) && reason.equals(Survey.NOT_YET);
  }

  @Override
  public void close() {
    agent.close();
    probe.close();
  }

  /** Prints what each server answered in the last cycle, and how long it took. */
  public void printPolls() {
    config.files().forEach(file -> err.println("pgtopo: read " + file));
    last.stream().map(OneShot::line).forEach(err::println);
  }

  private static String line(Observation observation) {
    var window = observation.window();
    var millis = Duration.between(window.from(), window.to()).toMillis();
    var outcome =
        switch (observation) {
          case Observation.Reachable(var endpoint, var when, var facts, var refusal) ->
              "answered, PostgreSQL " + facts.identity().version();
          case Observation.Unreachable(var endpoint, var when, var failure) ->
              failure.kind().label() + ": " + failure.message();
        };
    return "pgtopo: %s %s (%d ms)".formatted(observation.endpoint(), outcome, millis);
  }

  /** Says what keeps the answer from being whole. */
  public void printWarnings(SnapshotReport report) {
    if (config.warnings().size() <= MOST_WARNINGS) {
      config.warnings().forEach(problem -> err.println(problem.level().label() + ": " + problem));
    } else {
      err.println(
          "pgtopo: "
              + Plural.of(config.warnings().size(), "warning")
              + " about what is declared; 'pgtopo check' shows them");
    }
    if (report.drift().reachable() == 0) {
      err.println("pgtopo: no server answered (" + causes(report) + ")");
    }
  }

  private static String causes(SnapshotReport report) {
    return report.topology().clusters().stream()
        .flatMap(cluster -> cluster.instances().stream())
        .flatMap(instance -> instance.failure().stream())
        .collect(
            Collectors.groupingBy(
                InstanceReport.FailureReport::kind, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
