package io.pgtopo.agent.live;

import io.pgtopo.config.model.Endpoint;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something on a port of 127.0.0.1 that is no PostgreSQL, or one in a state that is hard to hit.
 */
final class Impostor implements AutoCloseable {
  private static final int SSL_REQUEST = 80877103;

  /** What becomes of a connection. */
  private interface Manner {
    void treat(Impostor impostor, Socket client) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Impostor(int backlog) throws IOException {
    listener = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
  }

  private static Impostor of(Manner manner) throws IOException {
    var impostor = new Impostor(1000);
    Thread.ofVirtual().name("impostor").start(() -> impostor.accept(manner));
    return impostor;
  }

  /** Accepts, and never says a word. */
  static Impostor silent() throws IOException {
    return of((impostor, client) -> {});
  }

  /** Accepts and answers with a byte each 100 ms, which make a message in 12 s. */
  static Impostor dripping() throws IOException {
    return of(Impostor::drip);
  }

  /** Speaks another protocol. */
  static Impostor web() throws IOException {
    return of(
        (impostor, client) -> {
          client
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          client.close();
        });
  }

  /** Closes each connection at once, as a balancer without a live server does. */
  static Impostor slamming() throws IOException {
    return of((impostor, client) -> client.close());
  }

  /** Answers each login with PostgreSQL's error message. */
  static Impostor saying(String sqlState, String message) throws IOException {
    return of((impostor, client) -> refuse(client, sqlState, message));
  }

  /** Drops each attempt to connect, as a firewall does: its queue of connections is full. */
  static Impostor blackHole() throws IOException {
    var impostor = new Impostor(1);
    impostor.fill();
    return impostor;
  }

  /** A port on which nothing listens, at least a moment ago. */
  static Endpoint withoutListener() throws IOException {
    try (var gone = new Impostor(1)) {
      return gone.endpoint();
    }
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.getLocalPort());
  }

  /** Closes its connections, and goes on. */
  void hangUp() throws IOException {
    for (var socket = sockets.poll(); socket != null; socket = sockets.poll()) {
      socket.close();
    }
  }

  private void drip(Socket client) throws IOException, InterruptedException {
    // No TLS; then an error message of 127 bytes.
    client.getOutputStream().write(new byte[] {'N', 'E', 0, 0, 0, 127});
    while (!closed.await(100, TimeUnit.MILLISECONDS)) {
      client.getOutputStream().write(0);
    }
  }

  private void fill() throws IOException {
    while (true) {
      var client = new Socket();
      sockets.add(client);
      try {
        client.connect(listener.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
  }

  private void accept(Manner manner) {
    try {
      while (true) {
        var client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().name("impostor").start(() -> treat(client, manner));
      }
    } catch (IOException end) {
      // The test is over.
    }
  }

  private void treat(Socket client, Manner manner) {
    try {
      manner.treat(this, client);
    } catch (IOException left) {
      // The client went first.
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(Socket client, String sqlState, String message) throws IOException {
    try (client) {
      var in = new DataInputStream(client.getInputStream());
      var out = new DataOutputStream(client.getOutputStream());
      var length = in.readInt();
      var code = in.readInt();
      in.readNBytes(length - 8);
      if (code == SSL_REQUEST) {
        out.writeByte('N');
        in.readNBytes(in.readInt() - 4);
      }
      var fields =
          "SFATAL\0VFATAL\0C%s\0M%s\0\0"
              .formatted(sqlState, message)
              .getBytes(StandardCharsets.UTF_8);
      out.writeByte('E');
      out.writeInt(4 + fields.length);
      out.write(fields);
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    hangUp();
  }
}
