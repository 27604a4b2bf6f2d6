package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.client.AgentAnswer;
import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.json.DriftJson;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.text.DiffJunit;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.DriftView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
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
    description = "Poll once, and print how the live topology differs from the declared one.",
    exitCodeList = {
      "0:in sync",
      "1:drift",
      "2:no server answered, agreement could not be verified, or bad input"
    })
final class DiffCommand implements Callable<Integer> {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final CliContext context;

  @Option(
      names = "--format",
      paramLabel = "text|json|junit|github",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  @Option(
      names = "--fail-on",
      paramLabel = "critical|warning|info",
      description = "Exit non-zero only at this severity or above.")
  private Optional<Severity> failOn = Optional.empty();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "Poll until in sync, for at most DURATION, such as 60s.")
  private Duration patience = Duration.ZERO;

  @Option(
      names = {"-v", "--ignored"},
      description = "Also print ignored and suspended drifts.")
  private boolean isQuietShown;

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

  DiffCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    var agent = remote.agent(context, command.commandLine().getErr());
    if (agent.isPresent()) {
      return askedOf(agent.get());
    }
    var config = input.load(context);
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    input.log(LogLevel.QUIET);
    var err = command.commandLine().getErr();
    try (var looks = OneShot.open(config, context, err)) {
      var interval = config.settings().interval();
      var snapshot =
          awaited(
              looks::look,
              seen -> DriftReport.of(seen, asked.views(seen)),
              interval.compareTo(LONGEST_PAUSE) < 0 ? interval : LONGEST_PAUSE);
      var views = asked.views(snapshot);
      var report = DriftReport.of(snapshot, views);
      command
          .commandLine()
          .getOut()
          .print(text(report, () -> DriftJson.render(snapshot, views).text()));
      command.commandLine().getOut().flush();
      if (input.isVerbose()) {
        looks.tell(snapshot);
      }
      looks.complain(views);
      err.println(report.summary());
      return status(report);
    }
  }

  private String text(DriftReport report, Supplier<String> json) {
    return switch (format) {
      case TEXT -> forPeople(report);
      case JSON -> json.get();
      case JUNIT -> DiffJunit.render(report);
      case GITHUB ->
          DiffText.github(
              isQuietShown ? Stream.concat(report.open(), report.quiet()) : report.open());
    };
  }

  private String forPeople(DriftReport report) {
    var terminal = style.style(context);
    var open = DiffText.render(report, terminal);
    var quiet = isQuietShown ? DiffText.quiet(report, terminal) : "";
    return open.isEmpty() || quiet.isEmpty() ? open + quiet : open + "\n" + quiet;
  }

  private int askedOf(AgentClient agent) throws InterruptedException {
    asked.check(new AgentAnswer(agent.ask()).clusters());
    if (format == Format.JSON && !asked.isAll()) {
      throw new ParameterException(
          command.commandLine(), "with --agent and --format json all clusters are printed");
    }
    var last =
        awaited(
            agent::ask, answer -> new AgentAnswer(answer).report(asked::isAsked), LONGEST_PAUSE);
    var report = new AgentAnswer(last).report(asked::isAsked);
    command.commandLine().getOut().print(text(report, last::driftText));
    command.commandLine().getOut().flush();
    command.commandLine().getErr().println(report.summary());
    return status(report);
  }

  /** Looks once. */
  private interface Look<T> {
    T look() throws InterruptedException;
  }

  /** The first look that shows agreement, or the last one that there is time for. */
  private <T> T awaited(Look<T> looks, Function<T, DriftReport> meaning, Duration pause)
      throws InterruptedException {
    var clock = context.clock();
    var err = command.commandLine().getErr();
    var end = clock.instant().plus(patience);
    var told = "";
    while (true) {
      var seen = looks.look();
      var report = meaning.apply(seen);
      if (status(report) == 0 || !clock.instant().plus(pause).isBefore(end)) {
        return seen;
      }
      if (!told.equals(report.summary().toString())) {
        told = report.summary().toString();
        err.println("pgtopo: " + told + "; waiting up to " + Durations.print(patience));
        err.flush();
      }
      Thread.sleep(pause);
    }
  }

  private int status(DriftReport report) {
    if (report.summary().reachable() == 0) {
      return OneShot.TROUBLE;
    }
    if (report.open().anyMatch(it -> !it.isUnverifiable() && counts(it))) {
      return 1;
    }
    return report.open().anyMatch(this::counts) ? OneShot.TROUBLE : 0;
  }

  /** What cannot be judged counts as what it may be, by its kind. */
  private boolean counts(DriftView drift) {
    var least = failOn.orElse(Severity.UNKNOWN);
    return drift.isUnverifiable()
        ? Stream.of(DriftKind.values())
            .filter(kind -> kind.label().equals(drift.topic()))
            .allMatch(kind -> kind.severity().compareTo(least) <= 0)
        : Stream.of(Severity.values())
            .filter(severity -> severity.label().equals(drift.severity()))
            .allMatch(severity -> severity.compareTo(least) <= 0);
  }
}
