package io.pgtopo.exporter;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Hysteresis;
import io.pgtopo.config.Config;
import io.pgtopo.config.InvalidConfigException;
import io.pgtopo.config.Problem;
import io.pgtopo.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * pgtopo at work: one thread runs cycle after cycle, the HTTP server shows the latest.
 *
 * <p>{@link #close} may be called from any thread, and more than once.
 */
final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  /** A probe knows better than the agent's own deadline why it failed. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private static final long LONGEST_GOODBYE_MILLIS = 1000;

  private final Surroundings surroundings;
  private final Reload reload;
  private volatile Config config;
  private volatile Agent agent;
  private Surroundings.OpenProbe probe;
  private final Tally tally = new Tally();
  private final Meters meters;
  private final Javalin server;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread cycles;

  private Daemon(Config config, Supplier<Config> load, Surroundings surroundings) {
    this.config = config;
    this.surroundings = surroundings;
    var settings = config.settings();
    reload = new Reload(config, load, surroundings.clock());
    probe = surroundings.probes().apply(settings);
    agent = agent(config, probe, surroundings, new Hysteresis(settings.hysteresis()));
    var latest = new Latest(this::latest, this::limit, surroundings.clock());
    meters = new Meters(latest, tally, reload);
    server = HttpApi.create(settings.listen(), latest, reload, meters.registry());
    cycles = Thread.ofPlatform().name("cycles").unstarted(this::runCycles);
  }

  /**
   * Starts to look and to answer.
   *
   * @param load reads the declaration anew, when its files change or {@link #reload} asks for it
   * @param port to listen on; 0 for any that is free
   * @throws InvalidConfigException if it cannot be listened on
   */
  static Daemon start(Config config, Supplier<Config> load, Surroundings surroundings, int port) {
    var daemon = new Daemon(config, load, surroundings);
    try {
      Logging.withoutJavalin(() -> daemon.server.start(config.settings().listen().host(), port));
    } catch (JavalinBindException taken) {
      daemon.meters.close();
      daemon.probe.close();
      throw cannotListen(config.settings(), taken);
    }
    daemon.cycles.start();
    LOG.info(
        "Listening on http://{}:{}, watching {} every {} ms",
        config.settings().listen().host(),
        daemon.port(),
        watched(config),
        config.settings().interval().toMillis());
    return daemon;
  }

  /** An agent that leaves it to its probe to be late. */
  static Agent agent(
      Config config,
      Surroundings.OpenProbe probe,
      Surroundings surroundings,
      Hysteresis hysteresis) {
    return new Agent(
        config.inventory(),
        config.policy(),
        probe.probe(),
        config.settings().deadline().plus(GRACE),
        hysteresis,
        surroundings.clock(),
        horizon(config.settings()));
  }

  private static Agent.Horizon horizon(Settings settings) {
    return new Agent.Horizon(settings.crawl(), HostLookup::addresses);
  }

  /** The result of the last cycle; empty before the first one ends. */
  Optional<Snapshot> latest() {
    return agent.latest();
  }

  /** Reads settings and inventory anew before the next cycle, changed or not. */
  void reload() {
    reload.ask();
  }

  private Duration limit() {
    return Latest.limit(config.settings().interval());
  }

  /** Where it really listens. */
  int port() {
    return server.port();
  }

  /** Waits until somebody closes it. */
  void awaitStop() throws InterruptedException {
    stop.await();
  }

  @Override
  public void close() {
    if (stop.getCount() == 0) {
      return;
    }
    stop.countDown();
    cycles.interrupt();
    server.stop();
    try {
      cycles.join(LONGEST_GOODBYE_MILLIS);
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
    meters.close();
  }

  private void runCycles() {
    try {
      do {
        cycle();
      } while (!stop.await(interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      agent.close();
      probe.close();
    }
  }

  private Duration interval() {
    return config.settings().interval();
  }

  /** Takes a changed declaration over, or tells why not. Connections are opened anew then. */
  private void redeclare() {
    var before = reload.last();
    reload.ifChanged().ifPresent(this::take);
    var after = reload.last();
    if (!after.equals(before)) {
      after.problems().forEach(problem -> LOG.error("Not reloaded: {}", problem));
    }
  }

  private void take(Config changed) {
    var settings = changed.settings();
    if (!settings.listen().equals(config.settings().listen())) {
      LOG.warn("The setting listen takes effect at the next start");
    }
    var oldAgent = agent;
    var oldProbe = probe;
    probe = surroundings.probes().apply(settings);
    agent =
        oldAgent.continuing(
            changed.inventory(),
            changed.policy(),
            probe.probe(),
            settings.deadline().plus(GRACE),
            new Hysteresis(settings.hysteresis()),
            horizon(settings));
    config = changed;
    oldAgent.close();
    oldProbe.close();
    changed.warnings().forEach(warning -> LOG.warn("{}", warning));
    LOG.info("Reloaded: watching {} every {} ms", watched(changed), interval().toMillis());
  }

  private void cycle() throws InterruptedException {
    try {
      redeclare();
      tally.cycleEnded(agent.cycle());
    } catch (RuntimeException bug) {
      tally.cycleFailed();
      LOG.error("A cycle broke off; the next one starts in {} ms", interval().toMillis(), bug);
    }
  }

  private static String watched(Config config) {
    var inventory = config.inventory();
    return Summary.count(inventory.clusters().size(), "cluster")
        + " with "
        + Summary.count((int) inventory.instances().count(), "instance");
  }

  private static InvalidConfigException cannotListen(Settings settings, Exception taken) {
    var cause = taken.getCause() == null ? taken : taken.getCause();
    return new InvalidConfigException(
        List.of(
            new Problem(
                Problem.Code.BAD_VALUE,
                Problem.Severity.ERROR,
                "settings",
                "listen",
                0,
                "wanted an address that can be listened on. Found: %s (%s)"
                    .formatted(settings.listen(), cause.getMessage()))));
  }
}
