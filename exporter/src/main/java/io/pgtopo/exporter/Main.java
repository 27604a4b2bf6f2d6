package io.pgtopo.exporter;

import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
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
  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    // The driver sends the JVM's zone with each login, and a server refuses one that it does not
    // know.
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    var line = Cli.create(context()).setOut(standardOutput());
    System.exit(line.execute(arguments));
  }

  /** Unlike {@link System#out}, it remembers that its reader is gone. */
  private static PrintWriter standardOutput() {
    var encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    return new PrintWriter(
        new FileOutputStream(FileDescriptor.out), true, Charset.forName(encoding));
  }

  public static CliContext context() {
    var clock = Clock.systemUTC();
    var environment = System.getenv();
    var screen = Tty.screen(environment);
    return new CliContext(
        settings -> probe(settings, clock),
        clock,
        environment,
        List.of(Path.of("pgtopo.yml"), Path.of("/etc/pgtopo/pgtopo.yml")),
        Tty.style(screen, environment),
        screen);
  }

  private static OpenProbe probe(Settings settings, Clock clock) {
    var probe = new JdbcProbe(settings.connection(), settings.deadline(), clock);
    return new OpenProbe(
        probe,
        probe::close,
        registry -> probe.measure(new MicrometerMetricsTrackerFactory(registry)));
  }
}
