package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.text.DiffJunit;
import io.pgtopo.exporter.text.DiffNagios;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo diff}. */
@Command(
    name = "diff",
    description = "Poll once, and print how the live topology differs from the declared one.",
    exitCodeList = {
      "0:in sync",
      "1:drift",
      "2:no server answered, agreement could not be verified, or bad input"
    })
final class DiffCommand extends CycleCommand {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  @Option(
      names = "--format",
      paramLabel = "text|json|junit|github|nagios",
      defaultValue = "text",
      description = "Output format; nagios exits with 0 to 3, as a check plugin.")
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

  @Option(names = "--ignored", description = "Also print ignored and suspended drifts.")
  private boolean isQuietShown;

  @Mixin private StyleOptions style = new StyleOptions();

  enum Format {
    TEXT,
    JSON,
    JUNIT,
    GITHUB,
    NAGIOS
  }

  /** Whether arguments ask for a check plugin, whose every end is a state and a line. */
  static boolean isPlugin(List<String> arguments) {
    var words = arguments.stream().map(it -> it.toLowerCase(Locale.ROOT)).toList();
    return words.contains("diff")
        && (words.contains("--format=nagios")
            || Collections.indexOfSubList(words, List.of("--format", "nagios")) >= 0);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var cycles = open()) {
      var report = awaited(cycles);
      print(text(report));
      cycles.explain(report);
      if (format == Format.NAGIOS) {
        return nagios(report.drift()).state().exitStatus();
      }
      err().println(report.summary());
      return status(report.drift());
    }
  }

  private String text(SnapshotReport report) {
    var drift = report.drift();
    return switch (format) {
      case TEXT -> {
        var terminal = style.style();
        var open = DiffText.render(report, terminal);
        var quiet = isQuietShown ? DiffText.quiet(drift, terminal) : "";
        yield open.isEmpty() || quiet.isEmpty() ? open + quiet : open + "\n" + quiet;
      }
      case JSON -> Json.text(drift);
      case JUNIT -> DiffJunit.render(report);
      case GITHUB ->
          DiffText.github(drift.open()) + (isQuietShown ? DiffText.github(drift.quiet()) : "");
      case NAGIOS -> nagios(drift).render();
    };
  }

  private DiffNagios nagios(DriftReport drift) {
    return new DiffNagios(drift, this::counts);
  }

  /** The first cycle that is in sync, or the last one that there is time for. */
  private SnapshotReport awaited(Open cycles) throws InterruptedException {
    var clock = context().clock();
    var err = err();
    var pause =
        cycles.interval().filter(it -> it.compareTo(LONGEST_PAUSE) < 0).orElse(LONGEST_PAUSE);
    var end = clock.instant().plus(patience);
    var printed = "";
    while (true) {
      var report = cycles.poll();
      if (status(report.drift()) == 0 || !clock.instant().plus(pause).isBefore(end)) {
        return report;
      }
      var summary = report.summary();
      if (!printed.equals(summary)) {
        printed = summary;
        err.println("pgtopo: " + summary + "; waiting up to " + Durations.print(patience));
        err.flush();
      }
      Thread.sleep(pause);
    }
  }

  private int status(DriftReport report) {
    if (report.reachable() == 0) {
      return FAILED;
    }
    if (report.drifts().stream().anyMatch(this::counts)) {
      return 1;
    }
    return report.unverifiable().stream().anyMatch(this::counts) ? FAILED : 0;
  }

  /** What could not be evaluated counts as what it may be, by its kind. */
  private boolean counts(DriftEntry drift) {
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
