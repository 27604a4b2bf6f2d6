package io.pgtopo.exporter.daemon;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.state.StateDirectory;
import io.pgtopo.agent.track.Confirmation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.ThisNode;
import io.pgtopo.config.settings.Web;
import io.pgtopo.exporter.http.Events;
import io.pgtopo.exporter.http.HttpApi;
import io.pgtopo.exporter.http.HttpServer;
import io.pgtopo.exporter.metrics.Meters;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.HostLookup;
import io.pgtopo.exporter.platform.RepeatedFailure;
import io.pgtopo.exporter.platform.ServiceNotices;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.OwnInstance;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.view.Plural;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.ReloadRules;
import io.pgtopo.exporter.web.RequestFilter;
import io.pgtopo.exporter.web.StartedThreads;
import io.pgtopo.exporter.web.Tls;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: one thread runs the cycles, the HTTP server publishes the latest snapshot.
 *
 * <p>{@link #close} may be called from any thread, and more than once.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  /** The time-out of a probe comes before that of the agent, since it knows the reason. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private static final long MAX_STOP_MILLIS = 1000;

  /** Memory, threads or files may be missing for a moment only. */
  private static final int MOST_CYCLES_AT_LIMIT = 3;

  private static final int SPARE_THREADS = 8;

  private final CliContext context;
  private final Reload reload;
  private volatile Config config;
  private volatile Agent agent;
  private volatile Optional<String> own;
  private CliContext.OpenProbe probe;
  private final Optional<StateDirectory> state;
  private final Counters counters = new Counters();
  private final ServiceNotices notices;
  private final RepeatedFailure failures = new RepeatedFailure();
  private final Meters meters;
  private final Listener listener;
  private final RequestFilter filter;
  private final Events events;
  private final HttpServer server;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread cycles;
  private volatile boolean hasFailed;

  private Daemon(Config config, Supplier<Config> load, CliContext context, int port) {
    this.config = config;
    this.context = context;
    var settings = config.settings();
    own = OwnInstance.of(config, ThisNode.addresses());
    reload = new Reload(config, () -> usable(load.get()), context.clock());
    notices = ServiceNotices.of(context.environment(), context.clock()::steady);
    // Before any connection is opened: invalid TLS settings end the process.
    listener = new Listener(settings.web().listen(), port, Listener.Limits.DEFAULT, settings.web());
    filter = new RequestFilter(settings.web().listen(), settings.web(), context.clock()::steady);
    probe = context.probe(settings, config.inventory());
    agent =
        agent(
            config,
            probe,
            context,
            settings.deadline().plus(GRACE),
            hysteresis(settings),
            Duration.ZERO,
            new Trial(() -> counters.of(Counters.Event.RENDER_FAILED)));
    state =
        settings
            .tracking()
            .stateDirectory()
            .map(directory -> new StateDirectory(directory, context.clock()));
    var latest = new LatestSnapshot(this::latest, this::maxAge, context.clock());
    meters = new Meters(counters, reload);
    meters.add(probe.meters());
    events = new Events(latest, listener);
    var recent = new LatestSnapshot(this::latest, this::maxRecentAge, context.clock());
    var published = new PublishedState(latest, recent, () -> this.config, () -> own, reload);
    server = HttpApi.create(listener, filter, published, meters, counters, events);
    cycles =
        Thread.ofPlatform()
            .name("cycles")
            .uncaughtExceptionHandler((thread, error) -> fail(error))
            .unstarted(this::runCycles);
  }

  /**
   * Starts to poll and to answer.
   *
   * @param load reads the declaration when its files change or {@link #reload} requests it
   * @param port to listen on; 0 for any that is free
   * @throws InvalidConfigException if it cannot listen there
   */
  public static Daemon start(Config config, Supplier<Config> load, CliContext context, int port) {
    var daemon = new Daemon(config, load, context, port);
    try {
      daemon.server.start();
      // Polls and responses start threads when they need them: without any, nothing would answer.
      StartedThreads.of("spare", SPARE_THREADS).close();
    } catch (IOException taken) {
      daemon.meters.close();
      daemon.probe.close();
      throw cannotListen(config.settings(), taken);
    }
    daemon.cycles.start();
    LOG.info(
        "Listening on {}://{}:{}, watching {} every {} ms",
        daemon.listener.scheme(),
        config.settings().web().listen().host(),
        daemon.port(),
        watched(config),
        config.settings().interval().toMillis());
    return daemon;
  }

  private static Hysteresis hysteresis(Settings settings) {
    return new Hysteresis(settings.tracking().hysteresis(), settings.tracking().grace());
  }

  /**
   * An agent whose probe times out before it does, unless the machine is busy.
   *
   * @param patience how long a cycle waits for the dials of services
   */
  static Agent agent(
      Config config,
      CliContext.OpenProbe probe,
      CliContext context,
      Duration deadline,
      Hysteresis hysteresis,
      Duration patience,
      Trial trial) {
    return new Agent(
        config.inventory(),
        config.policy(),
        probe.probe(),
        deadline,
        hysteresis,
        context.clock(),
        horizon(config.settings(), probe, patience),
        trial);
  }

  private static Agent.Horizon horizon(
      Settings settings, CliContext.OpenProbe probe, Duration patience) {
    return new Agent.Horizon(settings.crawl(), HostLookup::addresses, probe.readers(), patience);
  }

  /** The result of the last cycle; empty before the first one ends. */
  public Optional<Snapshot> latest() {
    return agent.latest();
  }

  /** Reloads settings and inventory before the next cycle, changed or not. */
  public void reload() {
    reload.request();
  }

  private Duration maxAge() {
    return LatestSnapshot.maxAge(config.settings().interval());
  }

  /** Two of the slowest cycles: load balancers need recent results. */
  private Duration maxRecentAge() {
    var settings = config.settings();
    return settings.interval().plus(settings.deadline()).plus(GRACE).multipliedBy(2);
  }

  /** Fails if the running web server cannot use it, or an error costs a cluster that is watched. */
  private Config usable(Config loaded) {
    var watched = config.inventory().clusters().stream().map(Cluster::name).toList();
    if (!Collections.disjoint(watched, loaded.notWatched())) {
      throw new InvalidConfigException(loaded.warnings());
    }
    var web = loaded.settings().web();
    ReloadRules.check(config.settings().web(), web);
    Tls.of(web.access());
    return loaded;
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Waits until it is closed; false if it ended by itself, since it cannot go on. */
  public boolean awaitStop() throws InterruptedException {
    stop.await();
    return !hasFailed;
  }

  private void fail(Throwable error) {
    LOG.error("No more cycles, so this process ends: {}", error.toString());
    hasFailed = true;
    stop.countDown();
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
      cycles.join(MAX_STOP_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    meters.close();
  }

  private void runCycles() {
    try {
      resume();
      var pace = new Pace();
      do {
        cycle();
        notices.cycleEnded(status(), config.settings().deadline().plus(GRACE));
      } while (!notices.isStoppedWithin(rest(pace), stop));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      agent.close();
      probe.close();
      state.ifPresent(this::save);
    }
  }

  /** One line for the service manager. */
  private String status() {
    var seen = latest().map(SnapshotReport::summary).orElse("no cycle has succeeded yet");
    var lost = reload.last().notWatched();
    return seen
        + (lost.isEmpty() ? "" : "; NOT WATCHED: " + String.join(", ", lost))
        + (reload.last().problems().isEmpty() ? "" : "; NOT RELOADED, see the log");
  }

  /** Continues with the state of the last process that used the same directory. */
  private void resume() {
    if (state.isEmpty()) {
      LOG.info("No state_directory is set: the history is lost when this process ends");
    }
    state.flatMap(it -> it.load(hysteresis(config.settings()))).ifPresent(agent::resume);
  }

  private void save(StateDirectory directory) {
    directory.keepLast(agent.history());
    directory.close();
  }

  private Duration rest(Pace pace) {
    var took = latest().map(snapshot -> snapshot.window().length()).orElse(Duration.ZERO);
    return pace.afterCycle(Confirmation.isUrgent(agent.history().tracker()), took, interval());
  }

  private Duration interval() {
    return config.settings().interval();
  }

  /** Uses a changed declaration, with new connections, or logs why not. */
  private void reloadIfChanged() {
    var before = reload.last();
    reload.ifChanged().ifPresent(this::use);
    var after = reload.last();
    if (!after.equals(before)) {
      after.problems().forEach(problem -> LOG.error("Not reloaded: {}", problem));
    }
  }

  private void use(Config changed) {
    var settings = changed.settings();
    var before = config.settings();
    if (!settings.web().listen().equals(before.web().listen())) {
      LOG.warn("The setting listen takes effect after a restart");
    }
    if (!settings.tracking().stateDirectory().equals(before.tracking().stateDirectory())) {
      LOG.warn("The setting state_directory takes effect after a restart");
    }
    useWeb(settings.web());
    var oldAgent = agent;
    var oldProbe = probe;
    probe = context.probe(settings, changed.inventory());
    agent =
        oldAgent.continuing(
            changed.inventory(),
            changed.policy(),
            probe.probe(),
            settings.deadline().plus(GRACE),
            hysteresis(settings),
            horizon(settings, probe, Duration.ZERO));
    config = changed;
    oldAgent.close();
    oldProbe.close();
    changed.warnings().forEach(warning -> LOG.warn("{}", warning));
    LOG.info("Reloaded: watching {} every {} ms", watched(changed), interval().toMillis());
  }

  private void useWeb(Web changed) {
    if (changed.equals(config.settings().web())) {
      return;
    }
    listener.use(changed);
    filter.use(changed);
  }

  private void cycle() throws InterruptedException {
    try {
      reloadIfChanged();
      own = OwnInstance.of(config, ThisNode.addresses());
      var snapshot = agent.cycle();
      counters.cycleEnded(snapshot);
      meters.cycleEnded(snapshot);
      if (!state.map(it -> it.keep(agent.history())).orElse(true)) {
        counters.count(Counters.Event.STATE_WRITE_FAILED);
      }
      events.publish();
      failures.ended();
    } catch (RuntimeException | VirtualMachineError bug) {
      counters.count(Counters.Event.CYCLE_FAILED);
      var times = failures.happened(bug.toString());
      if (bug instanceof VirtualMachineError limit && times >= MOST_CYCLES_AT_LIMIT) {
        throw limit;
      }
      if (RepeatedFailure.isWorthLogging(times)) {
        LOG.error(
            "A cycle failed ({} consecutive times); the next one starts in {} ms",
            times,
            interval().toMillis(),
            bug);
      }
    }
  }

  private static String watched(Config config) {
    var inventory = config.inventory();
    return Plural.of(inventory.clusters().size(), "cluster")
        + " with "
        + Plural.of((int) inventory.instances().count(), "instance");
  }

  private static InvalidConfigException cannotListen(Settings settings, Exception taken) {
    var cause = taken.getCause() == null ? taken : taken.getCause();
    return new InvalidConfigException(
        List.of(
            new Problem(
                Problem.Code.BAD_VALUE,
                Problem.Level.ERROR,
                "settings",
                "listen",
                0,
                "wanted an address that is available. Found: %s (%s)"
                    .formatted(settings.web().listen(), cause.getMessage()))));
  }
}
