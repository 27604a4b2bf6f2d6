package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.platform.Canvas;
import io.pgtopo.exporter.platform.Keyboard;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.text.GraphSvg;
import io.pgtopo.exporter.text.GraphText;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo tree}. */
@Command(
    name = "tree",
    description = "Poll once, or repeatedly, and draw who replicates from whom.",
    exitCodeList = {"0:at least one server answered", "2:none answered, or bad input"})
final class TreeCommand extends CycleCommand {
  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);

  @Option(
      names = "--watch",
      description = "Poll repeatedly, and redraw in place; q or Ctrl-C ends it.")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Interval of --watch; default: the setting interval.")
  private Optional<Duration> every = Optional.empty();

  @Mixin private StyleOptions styles = new StyleOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "Output format: text, json, svg, mermaid or dot.")
  private Format format = Format.TEXT;

  /** What the tree is printed as. */
  enum Format {
    TEXT,
    JSON,
    SVG,
    MERMAID,
    DOT
  }

  @Override
  public Integer call() throws InterruptedException {
    if (watch && format != Format.TEXT) {
      throw usageError("--watch prints text only");
    }
    try (var cycles = open()) {
      return watch ? watch(cycles) : once(cycles);
    }
  }

  private int once(Open cycles) throws InterruptedException {
    var report = cycles.poll();
    print(
        switch (format) {
          case TEXT -> TreeText.render(report, styles.style());
          case JSON -> Json.text(report.topology());
          case SVG -> GraphSvg.render(report);
          case MERMAID -> GraphText.mermaid(report);
          case DOT -> GraphText.dot(report);
        });
    cycles.explain(report);
    err().println(report.summary());
    return report.drift().reachable() > 0 ? 0 : FAILED;
  }

  /** Until the user or the reader of a pipe has seen enough. */
  private int watch(Open cycles) throws InterruptedException {
    var pause = every.or(cycles::interval).orElse(DEFAULT_PAUSE);
    var drawn = styles.style();
    var screen = context().screen();
    try (var keyboard = Keyboard.open(screen);
        var canvas = Canvas.open(screen, out())) {
      while (true) {
        var size =
            screen.out() == Screen.Channel.TERMINAL
                ? screen.size().get()
                : Optional.<Screen.Size>empty();
        var fitting = size.map(it -> drawn.withWidth(it.columns())).orElse(drawn);
        var report = cycles.poll();
        var heading =
            "%s  every %s  %s"
                .formatted(
                    report.endedAt().truncatedTo(ChronoUnit.SECONDS),
                    Durations.print(pause),
                    report.summary());
        canvas.draw(
            drawn.paint(Style.Tone.FAINT, heading) + "\n\n" + TreeText.render(report, fitting));
        if (canvas.isClosed() || keyboard.isQuitWithin(pause)) {
          return 0;
        }
      }
    }
  }
}
