package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One poll of one server, and the failure if it does not answer in time. */
final class Poll implements Callable<InstanceFacts> {
  /** What a full reading may need of the limit: two round trips, if five came before it. */
  private static final double SURVEY = 2.0 / 7;

  /** One round trip. */
  private static final double SUBSCRIPTIONS = 1.0 / 7;

  /** A database is read over a connection of its own. */
  private static final double CONTENTS = 1.0 / 2;

  private final Target target;
  private final WaitTime time;
  private volatile Optional<InstanceFacts> partial = Optional.empty();

  /** Whether the failed query ended its connection. */
  private boolean isClosed;

  /**
   * A poll.
   *
   * @param time what is left of it decides what waits for the next poll
   */
  Poll(Target target, WaitTime time) {
    this.target = target;
    this.time = time;
  }

  /**
   * The facts.
   *
   * @throws IOException if the server's name has no address
   * @throws InterruptedException if the poll was cancelled; usually the driver throws first
   */
  @Override
  public InstanceFacts call() throws SQLException, IOException, InterruptedException {
    target.enter();
    try {
      var retry = target.isConnected() ? Retry.ON_KEPT_CONNECTION : Retry.ON_NEW_CONNECTION;
      return retry.run(this::query, () -> isClosed);
    } finally {
      target.leave();
    }
  }

  private InstanceFacts query() throws SQLException, IOException, InterruptedException {
    try (var connection = target.connection()) {
      var session = connection.unwrap(Connection.class);
      try {
        return facts(connection);
      } catch (SQLException failed) {
        isClosed = session.isClosed();
        if (!Retry.isPromotion(failed)) {
          target.evict(connection);
        }
        throw failed;
      } catch (RuntimeException | OutOfMemoryError malformed) {
        target.evict(connection);
        throw malformed;
      }
    }
  }

  private InstanceFacts facts(Connection connection) throws SQLException {
    var major = connection.getMetaData().getDatabaseMajorVersion();
    target.refusals().atPoll();
    try {
      return target.run(connection, () -> facts(connection, major));
    } catch (SQLException failed) {
      if (!Refusals.isRefusal(failed)) {
        target.refusals().giveUpArchiver(major, failed);
        throw failed;
      }
      target.refusals().find(major, connection, target);
      return target.run(connection, () -> facts(connection, major));
    }
  }

  private InstanceFacts facts(Connection connection, int major) throws SQLException {
    var refused = target.refusals().reasons();
    try (var statement = connection.prepareStatement(PollQuery.without(refused.keySet(), major));
        var row = statement.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the statement of a poll returned no row");
      }
      var facts = target.at(FactsMapping.map(row, target.surveyor().last(), refused));
      partial = Optional.of(facts);
      var surveyed =
          facts.with(target.surveyor().after(row, connection, () -> time.hasLeft(SURVEY)));
      partial = Optional.of(surveyed);
      var complete =
          target
              .subscriptions()
              .complete(surveyed, connection, major, () -> time.hasLeft(SUBSCRIPTIONS));
      partial = Optional.of(complete);
      var inside = target.tables().complete(complete, () -> time.hasLeft(CONTENTS));
      partial = Optional.of(inside);
      return inside.with(target.surveyor().withContents(() -> time.hasLeft(CONTENTS)));
    }
  }

  /**
   * The facts before the full reading is complete; empty before the first statement is answered.
   */
  Optional<InstanceFacts> partial() {
    return partial;
  }

  /**
   * Why there was no answer for {@code waited}. On an open connection a hung server and a broken
   * network look alike, so a new one is tried, for at most {@code timeout}.
   */
  Failure timedOut(Duration waited, Duration timeout) {
    var endpoint = target.endpoint();
    var address = target.address();
    if (address.isEmpty()) {
      return Failure.of(
          Failure.Kind.DNS,
          "no address of %s within %d ms".formatted(endpoint.host(), waited.toMillis()));
    }
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.get(), endpoint.port()),
          Math.toIntExact(Math.max(1, timeout.toMillis())));
      return Failure.of(
          Failure.Kind.HUNG,
          "%s accepts connections, but did not answer within %d ms"
              .formatted(endpoint, waited.toMillis()));
    } catch (SocketTimeoutException noAnswer) {
      return Failure.of(
          Failure.Kind.TIMEOUT,
          "%s did not answer within %d ms".formatted(endpoint, waited.plus(timeout).toMillis()));
    } catch (IOException failed) {
      return Failures.of(failed);
    }
  }
}
