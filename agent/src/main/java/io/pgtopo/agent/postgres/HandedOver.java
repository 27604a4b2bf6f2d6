package io.pgtopo.agent.postgres;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives a pool the connection that was opened for it.
 *
 * <p>A pool examines a connection before it uses it, in two round trips and within a time-out of
 * its own. This one has just run two statements: it answers for itself.
 */
final class HandedOver implements DataSource {
  /** Opened, and not in the pool yet. */
  private final AtomicReference<@Nullable Connection> waiting = new AtomicReference<>();

  /** Hands a connection over, and closes one that the pool did not take. */
  void replace(@Nullable Connection connection) throws SQLException {
    var unused = waiting.getAndSet(connection);
    if (unused != null) {
      unused.close();
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return Optional.ofNullable(waiting.getAndSet(null))
        .map(HandedOver::examined)
        .orElseThrow(() -> new SQLException("no connection was handed over"));
  }

  private static Connection examined(Connection opened) {
    return (Connection)
        Proxy.newProxyInstance(
            HandedOver.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isValid" -> !opened.isClosed();
                  case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
                  default -> call(opened, method, arguments);
                });
  }

  private static @Nullable Object call(Connection opened, Method method, Object... arguments)
      throws Throwable {
    try {
      return method.invoke(opened, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the login is fixed");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // The driver logs nothing here.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // The URL sets it.
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
