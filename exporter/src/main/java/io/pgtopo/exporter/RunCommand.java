package io.pgtopo.exporter;

import io.pgtopo.config.Problem;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgtopo run}. */
@Command(name = "run", description = "Watch all servers, and answer by HTTP.")
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final Surroundings surroundings;

  @Mixin private InputOptions input = new InputOptions();

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    input.logging(Logging.CHANGES).apply();
    var config = input.load(surroundings);
    config.warnings().stream().map(Problem::toString).forEach(LOG::warn);
    try (var daemon = Daemon.start(config, surroundings, config.settings().listen().port())) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(daemon::close));
      daemon.awaitStop();
    }
    return 0;
  }
}
