package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Printable;
import io.pgtopo.config.settings.MaintenanceFile;
import io.pgtopo.exporter.platform.LogLevel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtopo maintenance}. */
@Command(
    name = "maintenance",
    description = "Start, list or end maintenance, in the file of the setting maintenance_file.",
    synopsisSubcommandLabel = "(set | list | end)")
final class MaintenanceCommand extends Subcommand {

  @Override
  public Integer call() {
    throw usageError("wanted one of set, list and end");
  }

  @Command(name = "set", description = "Suspend the drifts of a cluster or an instance.")
  int set(
      @Mixin InputOptions input,
      @Parameters(paramLabel = "NAME", description = "Cluster or instance.") String name,
      @Option(
              names = "--for",
              paramLabel = "DURATION",
              description = "How long from now, such as 90m or 2h30m.")
          Optional<Duration> duration,
      @Option(
              names = "--until",
              paramLabel = "TIME",
              description = "When it ends, such as 2026-12-31T08:00:00Z.")
          Optional<Instant> end,
      @Option(names = "--owner", required = true, description = "Who is responsible.") String owner,
      @Option(names = "--reason", required = true, description = "Why.") String reason)
      throws IOException {
    var config = load(input);
    var now = context().clock().instant();
    if (duration.isPresent() == end.isPresent()) {
      throw usageError("wanted one of --for and --until");
    }
    var until = end.orElseGet(() -> now.plus(duration.orElseThrow()));
    if (!until.isAfter(now)) {
      throw usageError("wanted an end in the future. Found: " + until);
    }
    var entry =
        Maintenance.of(config.inventory(), name, until, owner, reason)
            .orElseThrow(
                () ->
                    usageError(
                        "no cluster or instance %s is declared; clusters: %s"
                            .formatted(
                                name,
                                String.join(
                                    ", ",
                                    config.inventory().clusters().stream()
                                        .map(Cluster::name)
                                        .toList()))));
    file(config).inForce(now).with(entry).write();
    print("%s is under maintenance until %s%n".formatted(name, entry.until()));
    return 0;
  }

  @Command(name = "list", description = "Print what is under maintenance.")
  int list(@Mixin InputOptions input) {
    var now = context().clock().instant();
    for (var entry : load(input).policy().maintenance()) {
      var line =
          "%s  until %s  %s: %s%s"
              .formatted(
                  entry.subject(),
                  entry.until(),
                  entry.owner(),
                  entry.reason(),
                  entry.isInForce(now) ? "" : " (over)");
      print(Printable.of(line) + "\n");
    }
    return 0;
  }

  @Command(name = "end", description = "End the maintenance of a cluster or an instance.")
  int end(
      @Mixin InputOptions input,
      @Parameters(paramLabel = "NAME", description = "Cluster or instance.") String name)
      throws IOException {
    var file = file(load(input));
    var rest = file.without(name);
    if (rest.equals(file)) {
      throw usageError("%s is not under maintenance in %s".formatted(name, file.path()));
    }
    rest.write();
    print("the maintenance of %s has ended%n".formatted(name));
    return 0;
  }

  private Config load(InputOptions input) {
    input.log(LogLevel.QUIET);
    return input.load();
  }

  private MaintenanceFile file(Config config) {
    return config
        .maintenanceFile()
        .orElseThrow(() -> usageError("the setting maintenance_file is not set"));
  }
}
