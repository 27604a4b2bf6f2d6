package io.pgtopo.exporter.cli;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.client.AgentAnswer;
import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.json.TopologyJson;
import io.pgtopo.exporter.platform.Canvas;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.Summary;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo tree}. */
@Command(
    name = "tree",
    description = "Poll once, or repeatedly, and draw who replicates from whom.",
    exitCodeList = {"0:at least one server answered", "2:none answered, or bad input"})
final class TreeCommand implements Callable<Integer> {
  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);

  private final CliContext context;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  @Option(names = "--watch", description = "Poll repeatedly, and redraw in place; Ctrl-C ends it.")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Interval of --watch; default: the setting interval.")
  private Optional<Duration> every = Optional.empty();

  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON
  }

  TreeCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (watch && format == Format.JSON) {
      throw new ParameterException(command.commandLine(), "--watch does not print JSON");
    }
    var agent = remote.agent(context, command.commandLine().getErr());
    if (agent.isPresent()) {
      return watch ? watch(agent.get()) : once(agent.get());
    }
    var config = input.load(context);
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    input.log(LogLevel.QUIET);
    try (var looks = OneShot.open(config, context, command.commandLine().getErr())) {
      return watch ? watch(looks, config) : once(looks);
    }
  }

  private int once(OneShot looks) throws InterruptedException {
    var snapshot = looks.look();
    var views = asked.views(snapshot);
    var line = command.commandLine();
    line.getOut().print(text(snapshot, views));
    line.getOut().flush();
    if (input.isVerbose()) {
      looks.tell(snapshot);
    }
    looks.complain(views);
    line.getErr().println(Summary.of(views));
    return Summary.of(views).reachable() > 0 ? 0 : OneShot.TROUBLE;
  }

  private String text(Snapshot snapshot, List<ClusterView> views) {
    return switch (format) {
      case TEXT -> TreeText.render(snapshot, views, style.style(context));
      case JSON -> TopologyJson.render(snapshot, views).text();
    };
  }

  private int once(AgentClient agent) throws InterruptedException {
    var answer = agent.ask();
    var told = new AgentAnswer(answer);
    asked.check(told.clusters());
    if (format == Format.JSON && !asked.isAll()) {
      throw new ParameterException(
          command.commandLine(), "with --agent and --format json all clusters are printed");
    }
    var line = command.commandLine();
    var text =
        switch (format) {
          case TEXT -> drawing(told, style.style(context));
          case JSON -> answer.topologyText();
        };
    line.getOut().print(text);
    line.getOut().flush();
    var summary = told.report(asked::isAsked).summary();
    line.getErr().println(summary);
    return summary.reachable() > 0 ? 0 : OneShot.TROUBLE;
  }

  private String drawing(AgentAnswer told, Style drawn) {
    return TreeText.render(told.drawings(asked::isAsked, drawn), drawn);
  }

  private int watch(AgentClient agent) throws InterruptedException {
    asked.check(new AgentAnswer(agent.ask()).clusters());
    return repeated(
        every.orElse(DEFAULT_PAUSE),
        fitting -> {
          var told = new AgentAnswer(agent.ask());
          return new Picture(
              told.endedAt(), told.report(asked::isAsked).summary(), drawing(told, fitting));
        });
  }

  private int watch(OneShot looks, Config config) throws InterruptedException {
    return repeated(
        every.orElse(config.settings().interval()),
        fitting -> {
          var snapshot = looks.look();
          var views = asked.views(snapshot);
          return new Picture(
              snapshot.window().to().truncatedTo(ChronoUnit.SECONDS).toString(),
              Summary.of(views),
              TreeText.render(snapshot, views, fitting));
        });
  }

  /** What is drawn of one look. */
  private record Picture(String at, Summary summary, String tree) {}

  /** Looks, and draws in the style that fits the terminal as it is. */
  private interface Painter {
    Picture paint(Style fitting) throws InterruptedException;
  }

  /** Until the user or the reader of a pipe has seen enough. */
  private int repeated(Duration pause, Painter painter) throws InterruptedException {
    var drawn = style.style(context);
    var screen = context.screen();
    try (var canvas = Canvas.open(screen, command.commandLine().getOut())) {
      while (true) {
        var size =
            screen.out() == Screen.Channel.TERMINAL
                ? screen.size().get()
                : Optional.<Screen.Size>empty();
        var fitting = size.map(it -> drawn.withWidth(it.columns())).orElse(drawn);
        var picture = painter.paint(fitting);
        var heading =
            "%s  every %s  %s".formatted(picture.at(), Durations.print(pause), picture.summary());
        canvas.draw(drawn.paint(Style.Tone.FAINT, heading) + "\n\n" + picture.tree());
        if (canvas.isClosed()) {
          return 0;
        }
        Thread.sleep(pause);
      }
    }
  }
}
