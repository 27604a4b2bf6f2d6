package io.pgtopo.exporter.web;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections that take too long for one request and its response. The idle time-out of a
 * connection restarts with each byte; a client that sends or reads one byte now and then would keep
 * its connection for ever.
 */
final class ExchangeTimeout implements Connection.Listener {
  private static final int MAX_QUIET_CHECKS = 3;

  /** What was counted of a connection, and for how many checks it has sent no new request. */
  private record Counted(long requests, long bytes, int quiet) {}

  private final Duration interval;
  private final Set<SocketAddress> streams;
  private final Map<Connection, Counted> connections = new ConcurrentHashMap<>();
  private final AtomicBoolean isStopped = new AtomicBoolean();

  /**
   * It closes a connection at the third check.
   *
   * @param streams client addresses of responses that never end
   */
  ExchangeTimeout(Duration interval, Set<SocketAddress> streams) {
    this.interval = interval;
    this.streams = streams;
  }

  void start(Scheduler scheduler) {
    scheduler.schedule(
        () -> {
          connections.replaceAll(this::next);
          if (!isStopped.get()) {
            start(scheduler);
          }
        },
        interval);
  }

  void stop() {
    isStopped.set(true);
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new Counted(0, 0, 0));
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  /** Closes the connections of this client. */
  void close(SocketAddress client) {
    for (var connection : connections.keySet()) {
      if (client.equals(connection.getEndPoint().getRemoteSocketAddress())) {
        connection.getEndPoint().close();
      }
    }
  }

  private Counted next(Connection connection, Counted before) {
    var requests = connection.getMessagesIn();
    if (requests < 0) {
      // The encrypted side of a connection counts nothing; the side within it does.
      return before;
    }
    var bytes = connection.getBytesIn() + connection.getBytesOut();
    var quiet = requests == before.requests ? before.quiet + 1 : 0;
    var isSlow = requests == 0 || bytes != before.bytes;
    if (quiet >= MAX_QUIET_CHECKS && isSlow && !isStream(connection)) {
      connection.getEndPoint().close();
    }
    return new Counted(requests, bytes, quiet);
  }

  private boolean isStream(Connection connection) {
    return streams.contains(connection.getEndPoint().getRemoteSocketAddress());
  }
}
