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
 * How long a connection may take for one question and its answer. The idle time of a connection
 * starts anew with each byte; who sends or reads one byte now and then would keep it for ever.
 */
final class ExchangeTimeout implements Connection.Listener {
  private static final int LONGEST_QUIET = 3;

  /** What was seen of a connection, and for how many looks it has asked nothing new. */
  private record Seen(long asked, long bytes, int quiet) {}

  private final Duration look;
  private final Set<SocketAddress> streams;
  private final Map<Connection, Seen> connections = new ConcurrentHashMap<>();
  private final AtomicBoolean isStopped = new AtomicBoolean();

  /**
   * A patience that ends after three looks.
   *
   * @param streams client addresses of answers that go on for ever
   */
  ExchangeTimeout(Duration look, Set<SocketAddress> streams) {
    this.look = look;
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
        look);
  }

  void stop() {
    isStopped.set(true);
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new Seen(0, 0, 0));
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  /** Closes the connections that come from there. */
  void close(SocketAddress client) {
    for (var connection : connections.keySet()) {
      if (client.equals(connection.getEndPoint().getRemoteSocketAddress())) {
        connection.getEndPoint().close();
      }
    }
  }

  private Seen next(Connection connection, Seen before) {
    var asked = connection.getMessagesIn();
    if (asked < 0) {
      // The encrypted side of a connection counts nothing; the side within it does.
      return before;
    }
    var bytes = connection.getBytesIn() + connection.getBytesOut();
    var quiet = asked == before.asked ? before.quiet + 1 : 0;
    var isSlow = asked == 0 || bytes != before.bytes;
    if (quiet >= LONGEST_QUIET && isSlow && !isStream(connection)) {
      connection.getEndPoint().close();
    }
    return new Seen(asked, bytes, quiet);
  }

  private boolean isStream(Connection connection) {
    return streams.contains(connection.getEndPoint().getRemoteSocketAddress());
  }
}
