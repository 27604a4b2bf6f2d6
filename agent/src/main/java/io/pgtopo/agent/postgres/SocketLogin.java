package io.pgtopo.agent.postgres;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.LocalSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * How to log in to a server of the agent's own node through its Unix socket.
 *
 * @param properties of the driver, the user's name among them
 */
record SocketLogin(Path path, Properties properties) {
  private static final Set<String> EVERY_ADDRESS = Set.of("*", "0.0.0.0", "::");

  /** The login for an endpoint; empty if it is on another node, or no socket is configured. */
  static Optional<SocketLogin> of(
      Optional<LocalSocket> socket, Endpoint endpoint, Properties byNetwork) {
    return socket
        .filter(it -> it.own().contains(endpoint))
        .map(it -> of(it.path(endpoint), it.user(), byNetwork));
  }

  private static SocketLogin of(String path, String user, Properties byNetwork) {
    var properties = new Properties();
    properties.putAll(byNetwork);
    properties.remove("password");
    properties.remove("requireAuth");
    properties.remove("channelBinding");
    properties.setProperty("user", user);
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("socketFactory", UnixSocket.Factory.class.getName());
    properties.setProperty("socketFactoryArg", path);
    return new SocketLogin(Path.of(path), properties);
  }

  boolean exists() {
    return Files.exists(path);
  }

  /**
   * A connection; empty if the socket belongs to another server, which listens on the same port of
   * another address.
   */
  Optional<Connection> open(String url, Endpoint endpoint, Optional<InetAddress> address)
      throws SQLException {
    var connection = DriverManager.getConnection(url, properties);
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SHOW listen_addresses")) {
      if (row.next() && listensAt(row.getString(1), endpoint, address)) {
        return Optional.of(connection);
      }
    } catch (SQLException | RuntimeException failed) {
      connection.close();
      throw failed;
    }
    connection.close();
    return Optional.empty();
  }

  /** Whether {@code listen_addresses} contain the address of an endpoint. */
  static boolean listensAt(
      String listenAddresses, Endpoint endpoint, Optional<InetAddress> address) {
    return Arrays.stream(listenAddresses.split(","))
        .map(String::strip)
        .anyMatch(
            name ->
                EVERY_ADDRESS.contains(name)
                    || name.equals(endpoint.host())
                    || address.map(InetAddress::getHostAddress).filter(name::equals).isPresent()
                    || (name.equals("localhost")
                        && address.filter(InetAddress::isLoopbackAddress).isPresent()));
  }
}
