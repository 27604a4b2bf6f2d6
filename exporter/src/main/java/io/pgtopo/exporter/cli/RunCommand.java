package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.LogFormat;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.HangupSignal;
import io.pgtopo.exporter.platform.LogLevel;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo run}. */
@Command(
    name = "run",
    description = "Poll all servers, and serve metrics, the API and the page by HTTP.")
final class RunCommand extends Subcommand {
  private static final long SHUTDOWN_MILLIS = 1500;

  /** Unlike 2, with which the service is not restarted. */
  private static final int ENDED_BY_ITSELF = 1;

  @Mixin private InputOptions input = new InputOptions();

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description = "Format of the log on standard error; default: the setting log_format.")
  private Optional<LogFormat> format = Optional.empty();

  @Option(
      names = "--strict",
      description = "Refuse an inventory with an error, instead of watching the other clusters.")
  private boolean isStrict;

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.CHANGES);
    var config = load();
    LogLevel.write(
        format.orElse(config.settings().logFormat()),
        LogLevel.destination(context().environment()));
    // Not a constant: the other commands would load the logging library for it.
    var log = LoggerFactory.getLogger(RunCommand.class);
    config.warnings().stream().map(Problem::toString).forEach(log::warn);
    try (var daemon =
        Daemon.start(config, this::load, context(), config.settings().web().listen().port())) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> end(daemon)));
      HangupSignal.handle(daemon::reload);
      return daemon.awaitStop() ? 0 : ENDED_BY_ITSELF;
    }
  }

  private Config load() {
    return isStrict ? input.load() : input.loadWatchable();
  }

  /** Closes it, but never delays the end of the process for long. */
  private static void end(Daemon daemon) {
    var closing = Thread.ofPlatform().name("closing").daemon().start(daemon::close);
    try {
      closing.join(SHUTDOWN_MILLIS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
