package io.pgtopo.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/** One connection of the superuser to an instance. */
record Session(String instance, Connection connection) implements AutoCloseable {
  static final String SUPERUSER = "postgres";

  // A frozen server accepts the connection and does not answer: socketTimeout, in seconds.
  private static final String PROPERTIES =
      "&connectTimeout=5&socketTimeout=60&sslmode=disable&ApplicationName=pgtopo%20lab";

  static Session open(LabInstance instance) {
    try {
      return new Session(
          instance.name(), DriverManager.getConnection(instance.jdbcUrl() + PROPERTIES));
    } catch (SQLException failure) {
      throw new LabException(
          "%s accepted no connection: %s".formatted(instance.name(), failure.getMessage()),
          failure);
    }
  }

  void execute(String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw refused(sql, failure);
    }
  }

  /** The first column of the first row as text; empty if there is no row or it is null. */
  Optional<String> value(String sql) {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    } catch (SQLException failure) {
      throw refused(sql, failure);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException failure) {
      throw refused("close", failure);
    }
  }

  private LabException refused(String sql, SQLException failure) {
    return new LabException(
        "%s refused: %s%n%s".formatted(instance, failure.getMessage(), sql), failure);
  }
}
