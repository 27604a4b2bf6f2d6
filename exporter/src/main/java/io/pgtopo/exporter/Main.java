package io.pgtopo.exporter;

import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.Settings;
import io.pgtopo.exporter.Surroundings.OpenProbe;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Where pgtopo starts, and meets the real clock, the real servers and the real terminal. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    var clock = Clock.systemUTC();
    var surroundings =
        new Surroundings(
            settings -> probe(settings, clock),
            clock,
            System.getenv(),
            List.of(Path.of("pgtopo.yml"), Path.of("/etc/pgtopo/pgtopo.yml")),
            terminal(System.getenv()));
    System.exit(Cli.create(surroundings).execute(arguments));
  }

  private static OpenProbe probe(Settings settings, Clock clock) {
    var probe = new JdbcProbe(settings.connection(), settings.deadline(), clock);
    return new OpenProbe(probe, probe::close);
  }

  private static Style terminal(Map<String, String> environment) {
    var encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    var isUnicode =
        encoding.equalsIgnoreCase(StandardCharsets.UTF_8.name())
            && !"dumb".equals(environment.get("TERM"));
    return new Style(
        isUnicode ? Style.Glyphs.UNICODE : Style.Glyphs.ASCII,
        Ansi.AUTO.enabled() ? Style.Colours.ON : Style.Colours.OFF);
  }
}
