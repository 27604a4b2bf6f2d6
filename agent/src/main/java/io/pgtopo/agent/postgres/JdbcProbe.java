package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.HikariConfig;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.OutOfFilesError;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.security.Security;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
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

  /** A pool gets its connection at once: what takes longer is the agent's own delay. */
  private static final Duration HAND_OVER = Duration.ofMinutes(10);

  private final io.pgtopo.config.settings.Connection settings;
  private final Duration deadline;

  /** How long an answer may take; the rest of the deadline serves to find out why there is none. */
  private final Duration answerTimeout;

  private final Login login;
  private final AgentClock clock;
  private final Resolver resolver;
  private final ConcurrentMap<Endpoint, Target> targets = new ConcurrentHashMap<>();

  /** One for all pools: by default each pool starts a thread of its own. */
  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("housekeeper of all pools").factory());

  private final Openings openings = new Openings(housekeeper);
  private final HikariConfig shape = new HikariConfig();

  /**
   * A probe that has no connections yet.
   *
   * @param deadline of a poll, whatever the server, the network or the name server does; an answer
   *     has seven eighths of it. The agent's own delays do not count: an interrupt limits them
   */
  public JdbcProbe(
      io.pgtopo.config.settings.Connection settings, Duration deadline, AgentClock clock) {
    this(settings, deadline, clock, new Resolver(InetAddress::getAllByName));
  }

  JdbcProbe(
      io.pgtopo.config.settings.Connection settings,
      Duration deadline,
      AgentClock clock,
      Resolver resolver) {
    this.resolver = resolver;
    this.settings = settings;
    // Unlike libpq, the driver would use a password file that others may read.
    System.setProperty(
        "org.postgresql.pgpassfile", settings.files().passwords().orElse("/dev/null"));
    this.deadline = deadline;
    this.login = new Login(settings, deadline);
    this.answerTimeout = deadline.multipliedBy(7).dividedBy(8);
    this.clock = clock;
    housekeeper.setRemoveOnCancelPolicy(true);
    // Of a poll that ends after this is closed.
    housekeeper.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    shape.setMaximumPoolSize(1);
    // With a minimum of one, a pool never stops connecting to a server that is down.
    shape.setMinimumIdle(0);
    shape.setIdleTimeout(0);
    shape.setMaxLifetime(0);
    shape.setInitializationFailTimeout(-1);
    shape.setConnectionTimeout(HAND_OVER.toMillis());
    shape.setScheduledExecutor(housekeeper);
    var unused =
        housekeeper.scheduleWithFixedDelay(
            this::closeUnused, UNUSED.toSeconds(), UNUSED.toSeconds(), TimeUnit.SECONDS);
    shape.setThreadFactory(Thread.ofVirtual().name("pool-", 0).factory());
  }

  /** Lets the pools be measured; to be called before the first poll. */
  public JdbcProbe measuredBy(AllPools pools) {
    shape.setMetricsTrackerFactory(pools);
    return this;
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
    var target = targets.computeIfAbsent(endpoint, this::target).usedAt(clock.steady());
    target.tryNewConnection(newConnectionInterval());
    var time = new WaitTime(answerTimeout, clock::steady);
    var poll = new Poll(target, time);
    var task = new FutureTask<>(poll);
    var thread = Thread.ofVirtual().name("poll of " + endpoint).start(task);
    try {
      var facts = time.await(task, () -> openings.isWaitingForOthers(thread));
      target.awaitRecovery(deadline.minus(answerTimeout));
      return reachable(target, started, facts);
    } catch (ExecutionException failed) {
      var failure = failure(endpoint, failed.getCause());
      if (target.redaction().isClean(failed)) {
        LOG.debug("No answer from {}", endpoint, failed);
      }
      return unreachable(endpoint, started, target.redacted(failure));
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
      var failure = Failure.of(Failure.Kind.AGENT_SLOW, "the poll was interrupted");
      return unreachable(endpoint, started, failure);
    }
  }

  /** The failure of a poll by what it threw; a bug is thrown on. */
  static Failure failure(Endpoint endpoint, @Nullable Throwable cause) {
    if (Failures.isOutOfFiles(cause)) {
      throw new OutOfFilesError();
    }
    return switch (cause) {
      case SQLException failed -> Failures.of(failed);
      case IOException failed -> Failures.of(failed);
      case OutOfMemoryError tooLarge ->
          Failure.of(Failure.Kind.TOO_LARGE, "its answer does not fit into the memory");
      case RuntimeException malformed ->
          Failure.of(Failure.Kind.MALFORMED, "its answer is malformed: " + malformed.getMessage());
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
        target.endpoint(),
        Window.since(started, clock),
        facts,
        target.refusal().map(target::redacted));
  }

  private Observation unreachable(Endpoint endpoint, Instant started, Failure failure) {
    return new Observation.Unreachable(endpoint, Window.since(started, clock), failure);
  }

  private Target target(Endpoint endpoint) {
    var login = this.login.to(endpoint);
    // Planning would be nine tenths of a poll, so the server keeps the plan with the connection.
    login.setProperty("prepareThreshold", "1");
    // Binary results of a prepared statement would need a second way to read every array.
    login.setProperty("binaryTransfer", "false");
    var socket = SocketLogin.of(settings.socket(), endpoint, login);
    return new Target(
        endpoint,
        resolver,
        openings,
        login,
        socket,
        shape,
        // Before the poll is cancelled: the server's own message is the better reason.
        new SessionSettings(answerTimeout.multipliedBy(3).dividedBy(4)),
        settings.database(),
        settings.inside(endpoint),
        this.login.redaction(endpoint));
  }

  private void closeUnused() {
    var before = clock.steady().minus(UNUSED);
    targets.forEach(
        (endpoint, target) -> {
          if (target.isUnusedSince(before) && targets.remove(endpoint, target)) {
            close(target);
          }
        });
  }

  /** Closes all connections. */
  @Override
  public void close() {
    targets.values().forEach(JdbcProbe::close);
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
