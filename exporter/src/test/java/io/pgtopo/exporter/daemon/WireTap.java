package io.pgtopo.exporter.daemon;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a PostgreSQL server without TLS, and counts what clients ask of it. */
final class WireTap implements AutoCloseable {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;

  private final ServerSocket listening;
  private final String host;
  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger statements = new AtomicInteger();
  private final AtomicInteger roundTrips = new AtomicInteger();

  /** What was sent: a round trip ends with what makes the server answer. */
  record Count(int connections, int statements, int roundTrips) {
    Count since(Count before) {
      return new Count(
          connections - before.connections,
          statements - before.statements,
          roundTrips - before.roundTrips);
    }
  }

  WireTap(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    var unused = threads.submit(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  Count count() {
    return new Count(connections.get(), statements.get(), roundTrips.get());
  }

  private Void accept() throws IOException {
    while (true) {
      var client = listening.accept();
      var one = threads.submit(() -> serve(client));
      if (one.isCancelled()) {
        return null;
      }
    }
  }

  private Void serve(Socket client) throws IOException {
    try (client;
        var server = new Socket(host, port)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      connections.incrementAndGet();
      var back =
          threads.submit(
              () -> {
                try (client) {
                  return client.getInputStream() == null
                      ? 0L
                      : server.getInputStream().transferTo(client.getOutputStream());
                }
              });
      forward(client.getInputStream(), server.getOutputStream());
      back.cancel(true);
    }
    return null;
  }

  private void forward(InputStream from, OutputStream to) throws IOException {
    var in = new DataInputStream(from);
    int code;
    do {
      var length = in.readInt();
      var rest = in.readNBytes(length - Integer.BYTES);
      code = java.nio.ByteBuffer.wrap(rest).getInt();
      write(to, java.nio.ByteBuffer.allocate(Integer.BYTES).putInt(length).array(), rest);
      roundTrips.incrementAndGet();
    } while (code == SSL_REQUEST || code == GSS_REQUEST);
    for (var type = in.read(); type >= 0; type = in.read()) {
      var length = in.readInt();
      var rest = in.readNBytes(length - Integer.BYTES);
      count((char) type);
      var head = java.nio.ByteBuffer.allocate(1 + Integer.BYTES).put((byte) type).putInt(length);
      write(to, head.array(), rest);
    }
  }

  /** Query and Execute are statements; Query, Sync and what answers a challenge are round trips. */
  private void count(char type) {
    switch (type) {
      case 'Q' -> {
        statements.incrementAndGet();
        roundTrips.incrementAndGet();
      }
      case 'E' -> statements.incrementAndGet();
      case 'S', 'p' -> roundTrips.incrementAndGet();
      default -> {}
    }
  }

  private static void write(OutputStream to, byte[] head, byte[] rest) throws IOException {
    var all = new byte[head.length + rest.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    to.write(all);
    to.flush();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
