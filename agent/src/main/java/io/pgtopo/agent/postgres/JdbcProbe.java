package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.HikariConfig;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.Endpoint;
import io.pgtopo.config.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at PostgreSQL by JDBC: one kept connection a server, one statement and one round trip a
 * look, read-only and bounded on both sides.
 */
public final class JdbcProbe implements Probe, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcProbe.class);

  /** {@code object_not_in_prerequisite_state}: the server was promoted within the statement. */
  private static final String PROMOTED_MEANWHILE = "55000";

  static {
    // Otherwise the pool asks a connection that rested for half a second whether it lives: a second
    // round trip, when the statement itself finds out as well.
    System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "86400000");
  }

  private final io.pgtopo.config.Connection settings;
  private final Duration deadline;
  private final InstantSource clock;
  private final ConcurrentMap<Endpoint, Target> targets = new ConcurrentHashMap<>();

  /** One for all pools: by default each pool starts a thread of its own. */
  private final ScheduledThreadPoolExecutor housekeeper = new ScheduledThreadPoolExecutor(1);

  private final HikariConfig shape = new HikariConfig();

  /**
   * A probe that has no connections yet.
   *
   * @param deadline within which a look ends, whatever the server does; whole seconds are the
   *     driver's grain for connecting
   */
  public JdbcProbe(io.pgtopo.config.Connection settings, Duration deadline, InstantSource clock) {
    this.settings = settings;
    this.deadline = deadline;
    this.clock = clock;
    housekeeper.setRemoveOnCancelPolicy(true);
    shape.setMaximumPoolSize(1);
    // With one idle connection asked for, a pool goes on connecting to a dead server for ever.
    shape.setMinimumIdle(0);
    shape.setIdleTimeout(0);
    shape.setMaxLifetime(0);
    shape.setInitializationFailTimeout(-1);
    shape.setConnectionTimeout(Math.max(250, deadline.toMillis()));
    shape.setValidationTimeout(250);
    shape.setScheduledExecutor(housekeeper);
    shape.setThreadFactory(Thread.ofVirtual().name("pool-", 0).factory());
  }

  @Override
  public Observation observe(Endpoint endpoint) {
    var started = clock.instant();
    try {
      var facts = look(targets.computeIfAbsent(endpoint, this::target));
      return new Observation.Reachable(endpoint, Window.since(started, clock), facts);
    } catch (SQLException failed) {
      LOG.debug("No answer from {}", endpoint, failed);
      return new Observation.Unreachable(
          endpoint, Window.since(started, clock), Failures.of(failed));
    }
  }

  /**
   * A connection that broke while it rested says nothing of the server: then a new one is asked.
   */
  private InstanceFacts look(Target target) throws SQLException {
    var hadRested = target.isConnected();
    try {
      return query(target);
    } catch (SQLException failed) {
      if (hadRested && Failures.isBrokenConnection(Failures.of(failed))) {
        return query(target);
      }
      if (PROMOTED_MEANWHILE.equals(failed.getSQLState())) {
        return query(target);
      }
      throw failed;
    }
  }

  private InstanceFacts query(Target target) throws SQLException {
    try (var connection = target.connection()) {
      try {
        return facts(connection);
      } catch (SQLException failed) {
        if (!PROMOTED_MEANWHILE.equals(failed.getSQLState())) {
          target.evict(connection);
        }
        throw failed;
      }
    }
  }

  private InstanceFacts facts(Connection connection) throws SQLException {
    var major = connection.getMetaData().getDatabaseMajorVersion();
    try (var statement = connection.prepareStatement(FastQuery.forMajor(major));
        var row = statement.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the statement of a look returned no row");
      }
      return FactsMapping.map(row);
    }
  }

  private Target target(Endpoint endpoint) {
    var login = new Properties();
    login.setProperty("user", settings.user());
    settings.password().map(Secret::reveal).ifPresent(it -> login.setProperty("password", it));
    login.setProperty("sslmode", settings.sslMode().label());
    login.setProperty("ApplicationName", "pgtopo");
    // Then the name travels with the login; set later it costs a round trip.
    login.setProperty("assumeMinServerVersion", "10");
    login.setProperty("connectTimeout", seconds(deadline.dividedBy(2)));
    login.setProperty("socketTimeout", seconds(deadline));
    login.setProperty("cancelSignalTimeout", "1");
    login.setProperty("tcpKeepAlive", "true");
    // Binary results of a prepared statement would need a second way to read every array.
    login.setProperty("prepareThreshold", "0");
    login.setProperty(
        "options",
        "-c default_transaction_read_only=on -c search_path=pg_catalog"
            + " -c lock_timeout=500 -c statement_timeout="
            + deadline.toMillis());
    return new Target(
        "jdbc:postgresql://"
            + endpoint
            + "/"
            + URLEncoder.encode(settings.database(), StandardCharsets.UTF_8),
        login,
        shape);
  }

  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  /** Closes all connections. */
  @Override
  public void close() {
    for (var target : targets.values()) {
      try {
        target.close();
      } catch (SQLException failed) {
        LOG.debug("A connection did not close cleanly", failed);
      }
    }
    housekeeper.shutdownNow();
  }
}
