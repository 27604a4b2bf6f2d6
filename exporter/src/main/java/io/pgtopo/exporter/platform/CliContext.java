package io.pgtopo.exporter.platform;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.text.Style;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the commands find around them; {@link Main} knows the real ones.
 *
 * @param probes opens whatever looks at servers
 * @param settingsFiles are tried in this order where the user names none
 * @param terminal what the standard output can show
 * @param screen in front of which the user sits
 */
public record CliContext(
    Function<Settings, OpenProbe> probes,
    InstantSource clock,
    Map<String, String> environment,
    List<Path> settingsFiles,
    Style terminal,
    Screen screen) {

  /** A context without a terminal. */
  public CliContext(
      Function<Settings, OpenProbe> probes,
      InstantSource clock,
      Map<String, String> environment,
      List<Path> settingsFiles,
      Style terminal) {
    this(probes, clock, environment, settingsFiles, terminal, Screen.NONE);
  }

  /**
   * A probe, and how to let go of its connections.
   *
   * @param meters of its connections, to be bound before it looks at anything
   */
  public record OpenProbe(Probe probe, Runnable closing, MeterBinder meters)
      implements AutoCloseable {
    /** One whose connections nobody measures. */
    public OpenProbe(Probe probe, Runnable closing) {
      this(probe, closing, registry -> {});
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
