package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.HangupSignal;
import io.pgtopo.exporter.platform.LogLevel;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo run}. */
@Command(name = "run", description = "Watch all servers, and answer by HTTP.")
final class RunCommand implements Callable<Integer> {
  private static final long LONGEST_GOODBYE_MILLIS = 1500;

  private final CliContext context;

  @Mixin private InputOptions input = new InputOptions();

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "${env:PGTOPO_LOG_FORMAT:-text}",
      description = "Form of the log on the standard error; also by PGTOPO_LOG_FORMAT.")
  private LogLevel.Form form = LogLevel.Form.TEXT;

  RunCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.CHANGES);
    LogLevel.write(form, LogLevel.target(context.environment()));
    var config = input.load(context);
    // Not a constant of the class: the other commands would have to load the log for it.
    var log = LoggerFactory.getLogger(RunCommand.class);
    config.warnings().stream().map(Problem::toString).forEach(log::warn);
    try (var daemon =
        Daemon.start(
            config, () -> input.load(context), context, config.settings().listen().port())) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> end(daemon)));
      HangupSignal.handle(daemon::reload);
      daemon.awaitStop();
    }
    return 0;
  }

  /** Closes it, but never holds up the end of the process for long. */
  private static void end(Daemon daemon) {
    var closing = Thread.ofPlatform().name("closing").daemon().start(daemon::close);
    try {
      closing.join(LONGEST_GOODBYE_MILLIS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
