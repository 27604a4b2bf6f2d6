package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Cluster;
import io.pgtopo.config.Config;
import io.pgtopo.config.Durations;
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
    description = "Look once, or again and again, and draw who replicates from whom.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:at least one server answered", "2:none answered, or bad input"})
final class TreeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Form of the output.")
  private Format format = Format.TEXT;

  @Option(
      names = "--watch",
      description = "Look again and again, and draw in place; Ctrl-C ends it.")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Pause between the looks of --watch; the setting interval unless given.")
  private Optional<Duration> every = Optional.empty();

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON
  }

  TreeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (watch && format == Format.JSON) {
      throw new ParameterException(command.commandLine(), "--watch draws; it prints no JSON");
    }
    var config = input.load(surroundings);
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    input.log(Logging.QUIET);
    try (var looks = OneLook.open(config, surroundings, command.commandLine().getErr())) {
      return watch ? watch(looks, config) : once(looks);
    }
  }

  private int once(OneLook looks) throws InterruptedException {
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
    return Summary.of(views).reachable() > 0 ? 0 : OneLook.TROUBLE;
  }

  private String text(Snapshot snapshot, List<ClusterView> views) {
    return switch (format) {
      case TEXT -> TreeText.render(snapshot, views, style.style(surroundings));
      case JSON -> TopologyJson.render(snapshot, views).text();
    };
  }

  /** Until the user or the reader of a pipe has seen enough. */
  private int watch(OneLook looks, Config config) throws InterruptedException {
    var pause = every.orElse(config.settings().interval());
    var drawn = style.style(surroundings);
    try (var canvas = Canvas.open(surroundings.screen(), command.commandLine().getOut())) {
      while (true) {
        var snapshot = looks.look();
        var views = asked.views(snapshot);
        var fitting =
            surroundings.screen().out() == Screen.Channel.TERMINAL
                ? canvas.size().map(size -> drawn.withWidth(size.columns())).orElse(drawn)
                : drawn;
        var at = snapshot.window().to().truncatedTo(ChronoUnit.SECONDS);
        var heading = "%s  %s  every %s".formatted(at, Summary.of(views), Durations.print(pause));
        canvas.draw(
            drawn.paint(Style.Tone.FAINT, heading)
                + "\n\n"
                + TreeText.render(snapshot, views, fitting));
        if (canvas.isGone()) {
          return 0;
        }
        Thread.sleep(pause);
      }
    }
  }
}
