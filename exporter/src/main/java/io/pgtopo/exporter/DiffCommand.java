package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.config.Cluster;
import io.pgtopo.config.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo diff}. */
@Command(
    name = "diff",
    description = "Look once, and print how what is there differs from what is declared.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all is as declared",
      "1:something differs",
      "2:no server answered, agreement cannot be told, or bad input"
    })
final class DiffCommand implements Callable<Integer> {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Surroundings surroundings;

  @Option(
      names = "--format",
      paramLabel = "text|json|junit|github",
      defaultValue = "text",
      description = "Form of the output.")
  private Format format = Format.TEXT;

  @Option(
      names = "--fail-on",
      paramLabel = "critical|warning",
      description = "Exit with 1 or 2 only for what is, or may be, at least so severe.")
  private Optional<Severity> failOn = Optional.empty();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "Look again until all is as declared, for at most so long, such as 60s.")
  private Duration patience = Duration.ZERO;

  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON,
    JUNIT,
    GITHUB
  }

  DiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    var agent = remote.agent();
    if (agent.isPresent()) {
      return askedOf(agent.get());
    }
    var config = input.load(surroundings);
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    input.log(Logging.QUIET);
    var err = command.commandLine().getErr();
    try (var looks = OneLook.open(config, surroundings, err)) {
      var interval = config.settings().interval();
      var snapshot =
          awaited(
              looks::look,
              seen -> Findings.of(seen, asked.views(seen)),
              interval.compareTo(LONGEST_PAUSE) < 0 ? interval : LONGEST_PAUSE);
      var views = asked.views(snapshot);
      var findings = Findings.of(snapshot, views);
      command.commandLine().getOut().print(text(snapshot, views, findings));
      command.commandLine().getOut().flush();
      if (input.isVerbose()) {
        looks.tell(snapshot);
      }
      looks.complain(views);
      err.println(findings.summary());
      return status(findings);
    }
  }

  private String text(Snapshot snapshot, List<ClusterView> views, Findings findings) {
    return switch (format) {
      case TEXT -> DiffText.render(findings, style.style(surroundings));
      case JSON -> DriftJson.render(snapshot, views).text();
      case JUNIT -> DiffJunit.render(findings);
      case GITHUB -> DiffText.github(findings);
    };
  }

  private int askedOf(AgentClient agent) throws InterruptedException {
    asked.check(new AgentAnswer(agent.ask()).clusters());
    if (format == Format.JSON && !asked.isAll()) {
      throw new ParameterException(
          command.commandLine(), "with --agent and --format json all clusters are printed");
    }
    var last =
        awaited(
            agent::ask, answer -> new AgentAnswer(answer).findings(asked::isAsked), LONGEST_PAUSE);
    var findings = new AgentAnswer(last).findings(asked::isAsked);
    var text =
        switch (format) {
          case TEXT -> DiffText.render(findings, style.style(surroundings));
          case JSON -> last.driftText();
          case JUNIT -> DiffJunit.render(findings);
          case GITHUB -> DiffText.github(findings);
        };
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
    command.commandLine().getErr().println(findings.summary());
    return status(findings);
  }

  /** Looks once. */
  private interface Look<T> {
    T look() throws InterruptedException;
  }

  /** The first look that shows agreement, or the last one that there is time for. */
  private <T> T awaited(Look<T> looks, Function<T, Findings> meaning, Duration pause)
      throws InterruptedException {
    var clock = surroundings.clock();
    var err = command.commandLine().getErr();
    var end = clock.instant().plus(patience);
    var told = "";
    while (true) {
      var seen = looks.look();
      var findings = meaning.apply(seen);
      if (status(findings) == 0 || !clock.instant().plus(pause).isBefore(end)) {
        return seen;
      }
      if (!told.equals(findings.summary().toString())) {
        told = findings.summary().toString();
        err.println("pgtopo: " + told + "; waiting up to " + Durations.print(patience));
        err.flush();
      }
      Thread.sleep(pause);
    }
  }

  private int status(Findings findings) {
    if (findings.summary().reachable() == 0) {
      return OneLook.TROUBLE;
    }
    if (findings.open().anyMatch(it -> !it.isUnverifiable() && counts(it))) {
      return 1;
    }
    return findings.open().anyMatch(this::counts) ? OneLook.TROUBLE : 0;
  }

  /** What cannot be judged counts as what it may be. */
  private boolean counts(Finding finding) {
    return Stream.of(DriftKind.values())
        .filter(kind -> kind.label().equals(finding.topic()))
        .allMatch(kind -> kind.severity().compareTo(failOn.orElse(Severity.UNKNOWN)) <= 0);
  }
}
