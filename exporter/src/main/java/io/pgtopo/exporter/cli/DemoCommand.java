package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.demo.Demo;
import io.pgtopo.exporter.demo.DemoStory;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.lab.LabException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo demo}. */
@Command(
    name = "demo",
    description =
        "Start real PostgreSQL servers, watch them, and stage incidents; leaves nothing behind.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:all was seen as it was staged", "2:it was not, or a server did not start"})
final class DemoCommand implements Callable<Integer> {
  private final CliContext context;

  @Option(
      names = "--story",
      paramLabel = "STORY",
      description =
          "Stage this at once: switchover, failover, split-brain, cascade-moved, replica-paused or"
              + " rogue-replica.")
  private Optional<String> story = Optional.empty();

  @Option(names = "--exit", description = "End after the story, without a person.")
  private boolean endsByItself;

  @Option(
      names = "--postgres",
      paramLabel = "MAJOR",
      defaultValue = "18",
      description = "Major version of the servers (${DEFAULT-VALUE} unless given).")
  private int major = 18;

  @Spec private CommandSpec command = CommandSpec.create();

  DemoCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    LogLevel.QUIET.apply();
    var out = command.commandLine().getOut();
    var staged = story.map(this::named);
    try (var demo = Demo.start(major, context, out)) {
      if (staged.isPresent()) {
        demo.tell(staged.get());
      }
      if (!endsByItself) {
        demo.serve(System.in);
      }
      return 0;
    } catch (LabException | Demo.NotAsStagedException failure) {
      return trouble(failure, command.commandLine().getErr());
    }
  }

  private DemoStory named(String name) {
    return DemoStory.called(name)
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "--story is one of %s. Found: %s".formatted(DemoStory.names(), name)));
  }

  private static int trouble(RuntimeException failure, PrintWriter err) {
    err.println("pgtopo demo: " + failure.getMessage());
    err.flush();
    return OneShot.TROUBLE;
  }
}
