package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.demo.Demo;
import io.pgtopo.exporter.demo.DemoStory;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.lab.LabException;
import io.pgtopo.lab.Postgres;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtopo demo}. */
@Command(
    name = "demo",
    description =
        "Start real PostgreSQL servers, watch them, and stage incidents; removes everything at"
            + " exit.",
    exitCodeList = {
      "0:every incident was reported as expected",
      "2:one was not, or a server did not start"
    })
final class DemoCommand extends Subcommand {
  @Option(
      names = "--story",
      paramLabel = "STORY",
      description =
          "Stage this incident at once: switchover, failover, split-brain, cascade-moved,"
              + " replica-paused or rogue-replica.")
  private Optional<String> story = Optional.empty();

  @Option(names = "--exit", description = "Exit after the story instead of reading commands.")
  private boolean exits;

  @Option(
      names = "--postgres",
      paramLabel = "MAJOR",
      description = "Major version of the servers; default: the newest that is found.")
  private Optional<Integer> major = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    if (major.filter(it -> it < Postgres.OLDEST).isPresent()) {
      throw usageError(
          "--postgres is %d or newer. Found: %d".formatted(Postgres.OLDEST, major.get()));
    }
    LogLevel.QUIET.apply();
    var version = major.map(Postgres::version).orElseGet(Postgres::newest);
    var staged = story.map(this::named);
    try (var demo = Demo.start(version, context(), out())) {
      if (staged.isPresent()) {
        demo.stage(staged.get());
      }
      if (!exits) {
        demo.serve(System.in);
      }
      return 0;
    } catch (LabException failure) {
      throw new CommandFailed(String.valueOf(failure.getMessage()), failure);
    }
  }

  private DemoStory named(String name) {
    return DemoStory.named(name)
        .orElseThrow(
            () -> usageError("--story is one of %s. Found: %s".formatted(DemoStory.names(), name)));
  }
}
