package io.pgtopo.exporter.platform;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgtopo.agent.Agent;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.text.Style;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

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
    AgentClock clock,
    Map<String, String> environment,
    List<Path> settingsFiles,
    Style terminal,
    Screen screen) {

  /** Opens a probe to which the servers of an inventory, and their virtual addresses, are known. */
  public OpenProbe probe(Settings settings, Inventory declared) {
    var servers =
        Stream.concat(
            declared.instances().map(Instance::endpoint),
            AddressBook.of(declared).virtual().stream());
    return probes.apply(settings.declaring(servers.toList()));
  }

  /**
   * A probe with its connections.
   *
   * @param readers of other sources than servers
   * @param meters of its connections and those of all later probes, to be bound once
   */
  public record OpenProbe(Probe probe, Agent.Readers readers, Runnable closing, MeterBinder meters)
      implements AutoCloseable {
    /** One that polls servers only. */
    public OpenProbe(Probe probe, Runnable closing, MeterBinder meters) {
      this(probe, Agent.Readers.NONE, closing, meters);
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
