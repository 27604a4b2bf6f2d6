package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.security.Security;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls PostgreSQL over JDBC: one kept connection to each server, one statement and one round trip
 * for each poll, read-only, with a time-out on both sides.
 */
public final class JdbcProbe implements Probe, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcProbe.class);

  static {
    // Otherwise the pool validates a connection that was idle for half a second: a second round
    // trip, although the statement itself fails as well.
    System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "86400000");
    // A name that has moved is found after that; half a minute by default.
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "5");
    }
  }

  /** After so many polls the full reading of a server is renewed at the latest. */
  static final int POLLS_PER_SURVEY = 60;

  /**
   * How often a new connection is tried of each server, at most; so many servers that a connection
   * each would cost the agent more have it less often.
   */
  private static final Duration NEW_CONNECTION = Duration.ofSeconds(10);

  private static final Duration BETWEEN_NEW_CONNECTIONS = Duration.ofMillis(50);

  /** The connection to a server that was not polled for so long is closed. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final io.pgtopo.config.settings.Connection settings;
  private final Duration deadline;

  /** How long an answer may take; the rest of the deadline serves to find out why there is none. */
  private final Duration answerTimeout;

  private final InstantSource clock;
  private final Resolver resolver;
  private final ConcurrentMap<Endpoint, Target> targets = new ConcurrentHashMap<>();

  /** One for all pools: by default each pool starts a thread of its own. */
  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("housekeeper of all pools").factory());

  private final HikariConfig shape = new HikariConfig();
  private Optional<AllPools> measured = Optional.empty();

  /**
   * A probe that has no connections yet.
   *
   * @param deadline of a poll, whatever the server, the network or the name server does; an answer
   *     has seven eighths of it, and a busy machine adds its own delays
   */
  public JdbcProbe(
      io.pgtopo.config.settings.Connection settings, Duration deadline, InstantSource clock) {
    this(settings, deadline, clock, new Resolver(InetAddress::getAllByName));
  }

  JdbcProbe(
      io.pgtopo.config.settings.Connection settings,
      Duration deadline,
      InstantSource clock,
      Resolver resolver) {
    this.resolver = resolver;
    this.settings = settings;
    // Unlike libpq, the driver would use a password file that others may read.
    System.setProperty(
        "org.postgresql.pgpassfile", settings.files().passwords().orElse("/dev/null"));
    this.deadline = deadline;
    this.answerTimeout = deadline.multipliedBy(7).dividedBy(8);
    this.clock = clock;
    housekeeper.setRemoveOnCancelPolicy(true);
    shape.setMaximumPoolSize(1);
    // With a minimum of one, a pool never stops connecting to a server that is down.
    shape.setMinimumIdle(0);
    shape.setIdleTimeout(0);
    shape.setMaxLifetime(0);
    shape.setInitializationFailTimeout(-1);
    shape.setConnectionTimeout(Math.max(250, deadline.toMillis()));
    shape.setValidationTimeout(250);
    shape.setScheduledExecutor(housekeeper);
    var unused =
        housekeeper.scheduleWithFixedDelay(
            this::closeUnused, UNUSED.toSeconds(), UNUSED.toSeconds(), TimeUnit.SECONDS);
    shape.setThreadFactory(Thread.ofVirtual().name("pool-", 0).factory());
  }

  /** Measures the pools, all as one; to be called at most once, before the first poll. */
  public void measure(MetricsTrackerFactory factory) {
    var pools = new AllPools(factory);
    shape.setMetricsTrackerFactory(pools);
    measured = Optional.of(pools);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The poll has a virtual thread of its own, since only a virtual thread can be interrupted
   * while it connects or reads.
   */
  @Override
  public Observation observe(Endpoint endpoint) {
    var started = clock.instant();
    var half = started.plus(answerTimeout.dividedBy(2));
    var target = targets.computeIfAbsent(endpoint, this::target).usedAt(started);
    target.tryNewConnection(newConnectionInterval());
    var poll = new Poll(target, () -> clock.instant().isBefore(half));
    var task = new FutureTask<>(poll);
    Thread.ofVirtual().name("poll of " + endpoint).start(task);
    try {
      var facts = task.get(answerTimeout.toMillis(), TimeUnit.MILLISECONDS);
      return reachable(target, started, facts);
    } catch (ExecutionException failed) {
      LOG.debug("No answer from {}", endpoint, failed);
      return unreachable(endpoint, started, failure(endpoint, failed.getCause()));
    } catch (TimeoutException silent) {
      task.cancel(true);
      return poll.partial()
          .map(facts -> reachable(target, started, facts))
          .orElseGet(
              () ->
                  unreachable(
                      endpoint,
                      started,
                      poll.timedOut(answerTimeout, deadline.minus(answerTimeout))));
    } catch (InterruptedException cancelled) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      var failure = Failure.of(Failure.Kind.TIMEOUT, "the poll was interrupted");
      return unreachable(endpoint, started, failure);
    }
  }

  private static Failure failure(Endpoint endpoint, @Nullable Throwable cause) {
    return switch (cause) {
      case SQLException failed -> Failures.of(failed);
      case IOException failed -> Failures.of(failed);
      case null, default ->
          throw new IllegalStateException("a bug in the poll of " + endpoint, cause);
    };
  }

  private Duration newConnectionInterval() {
    var together = BETWEEN_NEW_CONNECTIONS.multipliedBy(targets.size());
    return together.compareTo(NEW_CONNECTION) > 0 ? together : NEW_CONNECTION;
  }

  private Observation reachable(Target target, Instant started, InstanceFacts facts) {
    return new Observation.Reachable(
        target.endpoint(), Window.since(started, clock), facts, target.refusal());
  }

  private Observation unreachable(Endpoint endpoint, Instant started, Failure failure) {
    return new Observation.Unreachable(endpoint, Window.since(started, clock), failure);
  }

  private Target target(Endpoint endpoint) {
    var login = new Properties();
    login.setProperty("user", settings.user());
    settings.password().map(Secret::reveal).ifPresent(it -> login.setProperty("password", it));
    login.setProperty("sslmode", settings.sslMode().label());
    var files = settings.files();
    files.rootCertificate().ifPresent(it -> login.setProperty("sslrootcert", it));
    files.certificate().ifPresent(it -> login.setProperty("sslcert", it));
    files.key().ifPresent(it -> login.setProperty("sslkey", it));
    login.setProperty("ApplicationName", "pgtopo");
    // Then the application name is sent with the login; set later it costs a round trip.
    login.setProperty("assumeMinServerVersion", "10");
    // A fallback: the interrupt comes earlier and has a better reason.
    login.setProperty("connectTimeout", seconds(deadline));
    login.setProperty("socketTimeout", seconds(deadline));
    login.setProperty("sslResponseTimeout", String.valueOf(deadline.toMillis()));
    login.setProperty("cancelSignalTimeout", "1");
    login.setProperty("tcpKeepAlive", "true");
    // Planning would be nine tenths of a poll, so the server keeps the plan with the connection.
    login.setProperty("prepareThreshold", "1");
    // Binary results of a prepared statement would need a second way to read every array.
    login.setProperty("binaryTransfer", "false");
    var socket = SocketLogin.of(settings.socket(), endpoint, login);
    return new Target(
        endpoint,
        resolver,
        login,
        socket,
        shape,
        // Before the poll is cancelled: the server's own message is the better reason.
        new SessionSettings(answerTimeout.multipliedBy(3).dividedBy(4)),
        settings.database(),
        settings.inside(endpoint));
  }

  private void closeUnused() {
    var before = clock.instant().minus(UNUSED);
    targets.forEach(
        (endpoint, target) -> {
          if (target.isUnusedSince(before) && targets.remove(endpoint, target)) {
            close(target);
          }
        });
  }

  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  /** Closes all connections. */
  @Override
  public void close() {
    targets.values().forEach(JdbcProbe::close);
    measured.ifPresent(AllPools::close);
    housekeeper.shutdownNow();
  }

  private static void close(Target target) {
    try {
      target.close();
    } catch (SQLException failed) {
      LOG.debug("A connection did not close cleanly", failed);
    }
  }
}
