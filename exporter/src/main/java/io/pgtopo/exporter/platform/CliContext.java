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
 * The context of the commands; {@link Main} makes the real one.
 *
 * @param probes opens a probe
 * @param settingsFiles the default ones, in order
 * @param terminal the style of standard output
 * @param screen the terminal of the user
 */
public record CliContext(
    Function<Settings, OpenProbe> probes,
    InstantSource clock,
    Map<String, String> environment,
    List<Path> settingsFiles,
    Style terminal,
    Screen screen) {

  /**
   * A probe with its connections.
   *
   * @param meters of its connections, to be bound before its first poll
   */
  public record OpenProbe(Probe probe, Runnable closing, MeterBinder meters)
      implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }
}
