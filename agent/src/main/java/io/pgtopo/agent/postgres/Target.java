package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.config.model.Endpoint;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.slf4j.LoggerFactory;

/**
 * One server and its pool of one connection.
 *
 * <p>A pool hides the cause of a failed connection attempt and makes its caller wait for the whole
 * time-out, even if the server refused at once. So the driver itself opens the connection, with an
 * exact and immediate error, and hands it over to the pool, which keeps it and detects when it is
 * broken.
 *
 * <p>Used by one thread at a time, as {@link #enter} ensures; {@link #address} by any.
 */
final class Target implements AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Target.class);

  private final Endpoint endpoint;
  private final Resolver resolver;
  private final Openings openings;
  private final String database;
  private final Properties login;
  private final Optional<SocketLogin> socket;
  private final HikariDataSource pool;
  private final SessionSettings settings;
  private final Set<String> inside;
  private final Semaphore turn = new Semaphore(1);
  private final Surveyor surveyor;
  private final SubscribedTables tables;
  private final Refusals refusals;
  private final Redaction redaction;
  private volatile Instant used = Instant.MAX;
  private volatile Optional<InetAddress> address = Optional.empty();
  private volatile boolean isPooler;
  private volatile boolean hasMoved;
  private final NewConnection newConnection;

  private final HandedOver handedOver = new HandedOver();

  /**
   * A target without a connection.
   *
   * @param socket tried first
   * @param inside databases whose contents are read
   */
  Target(
      Endpoint endpoint,
      Resolver resolver,
      Openings openings,
      Properties login,
      Optional<SocketLogin> socket,
      HikariConfig shape,
      SessionSettings settings,
      String database,
      Set<String> inside,
      Redaction redaction) {
    this.redaction = redaction;
    this.refusals = new Refusals(JdbcProbe.POLLS_PER_SURVEY, redaction);
    this.surveyor =
        new Surveyor(JdbcProbe.POLLS_PER_SURVEY, inside, this::contents, refusals, redaction);
    this.tables = new SubscribedTables(this::tables, redaction);
    this.settings = settings;
    this.inside = inside;
    this.socket = socket;
    this.endpoint = endpoint;
    this.resolver = resolver;
    this.openings = openings;
    this.database = database;
    this.login = login;
    this.newConnection = new NewConnection(endpoint.toString(), this::openAnother);
    var config = new HikariConfig();
    shape.copyStateTo(config);
    config.setDataSource(handedOver);
    this.pool = new HikariDataSource(config);
  }

  /** To be called at the begin of a poll. */
  Target usedAt(Instant now) {
    used = now;
    return this;
  }

  boolean isUnusedSince(Instant moment) {
    return used.isBefore(moment);
  }

  Surveyor surveyor() {
    return surveyor;
  }

  Refusals refusals() {
    return refusals;
  }

  SubscriptionReader subscriptions() {
    return new SubscriptionReader(refusals, redaction);
  }

  SubscribedTables tables() {
    return tables;
  }

  Redaction redaction() {
    return redaction;
  }

  /** A failure of this server without the password. */
  Failure redacted(Failure failure) {
    return new Failure(failure.kind(), redaction.of(failure.message()), failure.sqlState());
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** The address of the connection, or of the last attempt; empty before it is known. */
  Optional<InetAddress> address() {
    return address;
  }

  /** Waits for its turn: a poll that was cancelled may not have ended yet. */
  void enter() throws InterruptedException {
    turn.acquire();
  }

  void leave() {
    turn.release();
  }

  /** Whether the pool has a connection, which may be broken. */
  boolean isConnected() {
    return pool.getHikariPoolMXBean().getTotalConnections() > 0;
  }

  /**
   * The connection, newly opened if there is none. Closing it gives it back to the pool.
   *
   * @throws SQLException with the true cause, as soon as it is known
   * @throws UnknownHostException if the name has no address
   */
  Connection connection() throws SQLException, UnknownHostException, InterruptedException {
    if (isConnected() && mustReconnect()) {
      try (var kept = pool.getConnection()) {
        evict(kept);
      }
    }
    if (!isConnected()) {
      openings.enter();
      try {
        hasMoved = false;
        address = Optional.empty();
        // The driver looks up the name again, at once: the first answer is cached by the JVM.
        address = Optional.of(resolver.address(endpoint.host()));
        handedOver.replace(openAny());
      } finally {
        openings.leave();
      }
      newConnection.opened(used);
    }
    return pool.getConnection();
  }

  /**
   * Whether the kept connection is not what a new one would be: its name leads elsewhere, or the
   * server waits for its sessions to end before it shuts down.
   */
  private boolean mustReconnect() {
    return hasMoved || refusal().filter(Failure::isCannotConnectNow).isPresent();
  }

  /** Tries now and then whether the server accepts another connection. */
  void tryNewConnection(Duration interval) {
    if (isConnected() && !isPooler) {
      newConnection.tryIfDue(used, interval);
    }
  }

  /** Waits for such an attempt, if the server has refused the last one. */
  void awaitRecovery(Duration most) throws InterruptedException {
    if (refusal().isPresent()) {
      newConnection.await(most);
    }
  }

  /** Why the server accepts no new connection, as far as known. */
  Optional<Failure> refusal() {
    return newConnection.refusal();
  }

  private void openAnother() throws SQLException, IOException, InterruptedException {
    var kept = address;
    hasMoved = kept.isPresent() && !resolver.addresses(endpoint.host()).contains(kept.get());
    if (!hasMoved) {
      openSocketOrNetwork(url(database)).close();
    }
  }

  /** Closes a connection of this target, so that the next is a new one. */
  void evict(Connection connection) {
    pool.evictConnection(connection);
  }

  @Override
  public void close() throws SQLException {
    pool.close();
    handedOver.replace(null);
  }

  /** What a statement reads. */
  interface InSession<T> {
    T run() throws SQLException;
  }

  /** Runs a query under the settings of the agent, whatever other clients share the session. */
  <T> T run(Connection connection, InSession<T> query) throws SQLException {
    if (!isPooler) {
      return query.run();
    }
    settings.begin(connection);
    try {
      return query.run();
    } finally {
      settings.end(connection);
    }
  }

  private DatabaseContents contents(String name) throws SQLException {
    try (var connection = open(name)) {
      return run(connection, () -> SurveyMapping.contents(connection));
    }
  }

  private SortedMap<String, Subscription.Tables> tables(String name) throws SQLException {
    try (var connection = open(name)) {
      return run(connection, () -> SubscribedTables.read(connection));
    }
  }

  /**
   * The configured database, or where the default one is closed, those of the login's own name and
   * those whose contents are read. Never template1: a session in it blocks CREATE DATABASE.
   */
  private Connection openAny() throws SQLException {
    try {
      return open(database);
    } catch (SQLException closed) {
      var others =
          Stream.concat(Stream.of(login.getProperty("user")), inside.stream().sorted()).toList();
      if (!database.equals("postgres") || !isClosedDatabase(closed)) {
        throw closed;
      }
      for (var other : others) {
        try {
          var connection = open(other);
          LOG.info(
              "{}: logged in to database {}, since {}",
              endpoint,
              other,
              redaction.of(String.valueOf(closed.getMessage())));
          return connection;
        } catch (SQLException failed) {
          closed.addSuppressed(failed);
        }
      }
      throw closed;
    }
  }

  /** It does not exist, allows no connections, or not those of the role. */
  private static boolean isClosedDatabase(SQLException failed) {
    return Set.of("3D000", "55000", "42501").contains(String.valueOf(failed.getSQLState()));
  }

  private Connection open(String name) throws SQLException {
    var connection = openSocketOrNetwork(url(name));
    try {
      var isDirect = settings.pin(connection);
      if (!isDirect && !isPooler) {
        LOG.warn(
            "{} is a connection pooler: what is seen through it is of a server behind it. Declare"
                + " the server's own port",
            endpoint);
      }
      isPooler = !isDirect;
      return connection;
    } catch (SQLException | RuntimeException | Error failed) {
      connection.close();
      throw failed;
    }
  }

  private String url(String name) {
    return Login.url(endpoint, name);
  }

  /** Through the socket, or the network if that fails; if neither lets in, with both reasons. */
  private Connection openSocketOrNetwork(String url) throws SQLException {
    var local = socket.filter(SocketLogin::exists);
    if (local.isEmpty()) {
      return openByNetwork(url);
    }
    try {
      var connection = local.get().open(url, endpoint, address);
      return connection.isPresent() ? connection.get() : openByNetwork(url);
    } catch (SQLException bySocket) {
      try {
        return openByNetwork(url);
      } catch (SQLException failed) {
        throw isRefusedLogin(bySocket) && isRefusedLogin(failed)
            ? new SQLException(
                "%s; and through %s: %s"
                    .formatted(failed.getMessage(), local.get().path(), bySocket.getMessage()),
                failed.getSQLState(),
                failed)
            : failed;
      }
    }
  }

  private static boolean isRefusedLogin(SQLException failed) {
    return Failures.of(failed).kind() == Failure.Kind.AUTHENTICATION;
  }

  private Connection openByNetwork(String url) throws SQLException {
    try {
      return DriverManager.getConnection(url, login);
    } catch (SQLException failed) {
      // A factory that the driver finds by name hides why it cannot be made.
      if (failed.getCause() instanceof InvocationTargetException made
          && made.getCause() instanceof SQLException reason) {
        throw reason;
      }
      throw isMethodRefused(failed)
          ? new SQLException(
              "the server asked for an authentication that require_auth does not allow; allowed: "
                  + login.getProperty("requireAuth"),
              failed.getSQLState(),
              failed)
          : failed;
    }
  }

  /** By the driver; the word is the same in all its languages. */
  private static boolean isMethodRefused(SQLException failed) {
    return failed instanceof PSQLException refused
        && refused.getServerErrorMessage() == null
        && String.valueOf(refused.getMessage()).contains("requireAuth");
  }

  /** Facts with the address of the server, which it does not report through a Unix socket. */
  InstanceFacts at(InstanceFacts facts) {
    return facts.identity().serverAddress().isPresent()
        ? facts
        : address.map(it -> facts.serverAddress(endpoint(it))).orElse(facts);
  }

  private Endpoint endpoint(InetAddress at) {
    return new Endpoint(at.getHostAddress(), endpoint.port());
  }
}
