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
import java.util.function.BooleanSupplier;

/** One look at one server, and what its silence means. */
final class Poll implements Callable<InstanceFacts> {
  private final Target target;
  private final BooleanSupplier hasTime;
  private volatile Optional<InstanceFacts> soFar = Optional.empty();

  /**
   * A look.
   *
   * @param hasTime whether there is time left for what may as well wait for the next look
   */
  Poll(Target target, BooleanSupplier hasTime) {
    this.target = target;
    this.hasTime = hasTime;
  }

  /**
   * The facts.
   *
   * @throws IOException if the server's name has no address
   * @throws InterruptedException if the look was given up; more often the driver then tells so
   */
  @Override
  public InstanceFacts call() throws SQLException, IOException, InterruptedException {
    target.enter();
    try {
      var attempts =
          target.isConnected() ? Attempts.FROM_KEPT_CONNECTION : Attempts.FROM_NEW_CONNECTION;
      return attempts.at(this::ask);
    } finally {
      target.leave();
    }
  }

  private InstanceFacts ask() throws SQLException, IOException, InterruptedException {
    try (var connection = target.connection()) {
      try {
        return facts(connection);
      } catch (SQLException failed) {
        if (!Attempts.isPromotion(failed)) {
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
      var facts = target.at(FactsMapping.map(row, target.surveyor().last()));
      soFar = Optional.of(facts);
      soFar = Optional.of(facts.with(target.surveyor().after(row, connection)));
      return facts.with(target.surveyor().inside(hasTime));
    }
  }

  /**
   * What is known though the full reading goes on; empty before the first statement is answered.
   */
  Optional<InstanceFacts> soFar() {
    return soFar;
  }

  /**
   * Why nobody has answered for as long as {@code waited}. A silent server and a silent network
   * look alike on an open connection, so a new one is tried, for as long as {@code patience}.
   */
  Failure silence(Duration waited, Duration patience) {
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
          Math.toIntExact(Math.max(1, patience.toMillis())));
      return Failure.of(
          Failure.Kind.HUNG,
          "%s accepts connections, but nothing was answered within %d ms"
              .formatted(endpoint, waited.toMillis()));
    } catch (SocketTimeoutException silent) {
      return Failure.of(
          Failure.Kind.TIMEOUT,
          "%s did not answer within %d ms".formatted(endpoint, waited.plus(patience).toMillis()));
    } catch (IOException failed) {
      return Failures.of(failed);
    }
  }
}
