package io.pgtopo.agent.campaign;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A client that commits something on a server twice a second, whenever that is a primary. */
final class Writer implements Runnable {
  private final StagedServer server;
  private final boolean waits;
  private final CountDownLatch end;

  Writer(StagedServer server, boolean waits, CountDownLatch end) {
    this.server = server;
    this.waits = waits;
    this.end = end;
  }

  @Override
  public void run() {
    while (!isOver(500)) {
      try (var connection =
          DriverManager.getConnection(
              server.instance.jdbcUrl()
                  + "&connectTimeout=2&loginTimeout=3&sslmode=disable&ApplicationName=writer")) {
        write(connection);
      } catch (SQLException unavailable) {
        server.waitsSince(0);
      }
    }
  }

  private void write(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SET default_transaction_isolation = 'read committed'");
      statement.execute("SET default_transaction_read_only = off");
      if (!waits) {
        statement.execute("SET synchronous_commit = local");
      }
      while (!isOver(500)) {
        if (isPrimary(connection)) {
          server.waitsSince(System.nanoTime());
          statement.execute("SELECT pg_logical_emit_message(true, 'campaign', repeat('x', 300))");
          server.waitsSince(0);
        }
      }
    }
  }

  private static boolean isPrimary(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT NOT pg_is_in_recovery()")) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private boolean isOver(long millis) {
    try {
      return end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
