package io.pgtopo.exporter;

import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.postgres.AllPools;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Environment;
import io.pgtopo.exporter.platform.Tty;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.TimeZone;

/** Where pgtopo starts, and meets the real clock, the real servers and the real terminal. */
public final class Main {
  /** Unlike 2, with which the service is not restarted. */
  private static final int WITHOUT_RESOURCES = 1;

  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    // The driver sends the JVM's zone with each login, and a server refuses one that it does not
    // know.
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    System.exit(run(arguments));
  }

  /** Without files, threads or memory even a class may be missing: nothing is caught before. */
  private static int run(String[] arguments) {
    try {
      return Cli.create(context()).setOut(standardOutput()).execute(arguments);
    } catch (RuntimeException | Error limited) {
      System.err.println(
          "pgtopo: cannot go on; is a limit of open files, threads or memory too low? " + limited);
      return WITHOUT_RESOURCES;
    }
  }

  /** Unlike {@link System#out}, it remembers that its reader is gone. */
  private static PrintWriter standardOutput() {
    var encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    return new PrintWriter(
        new FileOutputStream(FileDescriptor.out), true, Charset.forName(encoding));
  }

  public static CliContext context() {
    var clock = AgentClock.of(Clock.systemUTC(), System::nanoTime);
    var environment = Environment.ofProcess();
    var screen = Tty.screen(environment);
    var pools = new AllPools();
    return new CliContext(
        settings -> probe(settings, clock, pools),
        clock,
        environment,
        List.of(Path.of("pgtopo.yml"), Path.of("/etc/pgtopo/pgtopo.yml")),
        Tty.style(screen, environment),
        screen);
  }

  private static OpenProbe probe(Settings settings, AgentClock clock, AllPools pools) {
    var probe = new JdbcProbe(settings.connection(), settings.deadline(), clock).measuredBy(pools);
    var readers = OtherReaders.of(settings, clock);
    return new OpenProbe(
        probe,
        readers.readers(),
        () -> {
          probe.close();
          readers.close();
        },
        registry -> pools.measure(new MicrometerMetricsTrackerFactory(registry)));
  }
}
