package io.pgtopo.exporter.testing;

import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.text.Style;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** The context of a user who has no settings and a plain terminal. */
public final class RealServers {
  private RealServers() {}

  public static CliContext context() {
    var clock = Clock.systemUTC();
    return new CliContext(
        settings -> {
          var probe = new JdbcProbe(settings.connection(), settings.deadline(), clock::instant);
          return new CliContext.OpenProbe(probe, probe::close, registry -> {});
        },
        clock::instant,
        Map.of(),
        List.of(),
        Style.PLAIN,
        Screen.NONE);
  }
}
