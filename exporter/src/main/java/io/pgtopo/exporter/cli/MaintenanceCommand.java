package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.settings.MaintenanceFile;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtopo maintenance}: notes in the maintenance file what is being worked on. */
@Command(
    name = "maintenance",
    description = "Note, list or end what is under maintenance, in the file that settings name.",
    synopsisSubcommandLabel = "(set | list | end)")
final class MaintenanceCommand implements Runnable {
  private static final String FILE = "maintenance_file";

  private final CliContext context;

  @Spec private CommandSpec command = CommandSpec.create();

  MaintenanceCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "one of set, list and end is wanted");
  }

  @Command(name = "set", description = "Suspend the drifts of a cluster or of an instance.")
  int set(
      @Mixin InputOptions input,
      @Parameters(paramLabel = "NAME", description = "The cluster or the instance.") String name,
      @Option(
              names = "--for",
              paramLabel = "DURATION",
              description = "How long from now, such as 90m or 2h30m.")
          Optional<String> duration,
      @Option(
              names = "--until",
              paramLabel = "TIME",
              description = "When it ends, such as 2026-12-31T08:00:00Z.")
          Optional<String> end,
      @Option(names = "--owner", required = true, description = "Who answers for it.") String owner,
      @Option(names = "--reason", required = true, description = "Why.") String reason)
      throws IOException {
    input.log(LogLevel.QUIET);
    var config = input.load(context);
    var now = context.clock().instant();
    var entry = entry(config, name, until(duration, end, now), owner, reason);
    var file = file(config).inForce(now).with(entry);
    file.write();
    print("%s is under maintenance until %s".formatted(name, entry.until()));
    return 0;
  }

  @Command(name = "list", description = "Print what is under maintenance.")
  int list(@Mixin InputOptions input) {
    input.log(LogLevel.QUIET);
    var now = context.clock().instant();
    input.load(context).policy().maintenance().stream()
        .map(
            entry ->
                "%s  until %s  %s: %s%s"
                    .formatted(
                        entry.subject(),
                        entry.until(),
                        entry.owner(),
                        entry.reason(),
                        entry.isInForce(now) ? "" : " (over)"))
        .forEach(this::print);
    return 0;
  }

  @Command(name = "end", description = "End the maintenance of a cluster or of an instance.")
  int end(
      @Mixin InputOptions input,
      @Parameters(paramLabel = "NAME", description = "The cluster or the instance.") String name)
      throws IOException {
    input.log(LogLevel.QUIET);
    var file = file(input.load(context));
    var rest = file.without(name);
    if (rest.equals(file)) {
      throw new ParameterException(
          command.commandLine(), "%s is not under maintenance in %s".formatted(name, file.path()));
    }
    rest.write();
    print("the maintenance of %s has ended".formatted(name));
    return 0;
  }

  private void print(String line) {
    var out = command.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private MaintenanceFile file(Config config) {
    return config
        .maintenanceFile()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(), "the setting " + FILE + " names no file to note it in"));
  }

  private Instant until(Optional<String> duration, Optional<String> end, Instant now) {
    if (duration.isPresent() == end.isPresent()) {
      throw new ParameterException(command.commandLine(), "one of --for and --until is wanted");
    }
    var until = duration.isPresent() ? now.plus(duration(duration.get())) : time(end.orElseThrow());
    if (!until.isAfter(now)) {
      throw new ParameterException(command.commandLine(), "it would be over: " + until);
    }
    return until;
  }

  private Duration duration(String text) {
    return Durations.parse(text)
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "wanted a duration such as 90m, 2h30m or 3d for --for. Found: " + text));
  }

  private Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException wrong) {
      throw new ParameterException(
          command.commandLine(),
          "wanted a time such as 2026-12-31T08:00:00Z for --until. Found: " + text,
          wrong);
    }
  }

  private Maintenance entry(
      Config config, String name, Instant until, String owner, String reason) {
    return Maintenance.of(config.inventory(), name, until, owner, reason)
        .orElseThrow(() -> undeclared(name, config.inventory().clusters()));
  }

  private ParameterException undeclared(String name, List<Cluster> clusters) {
    return new ParameterException(
        command.commandLine(),
        "neither a cluster nor an instance %s is declared, only %s"
            .formatted(name, String.join(", ", clusters.stream().map(Cluster::name).toList())));
  }
}
