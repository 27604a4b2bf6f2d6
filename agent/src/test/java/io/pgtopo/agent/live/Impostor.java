package io.pgtopo.agent.live;

import io.pgtopo.config.model.Endpoint;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /** Writes one byte for ever, of which some begin a message of PostgreSQL. */
  static Impostor endless(char letter) throws IOException {
    return of(
        (impostor, client) -> {
          var bytes = new byte[8192];
          Arrays.fill(bytes, (byte) letter);
          try (client) {
            while (!impostor.listener.isClosed()) {
              client.getOutputStream().write(bytes);
            }
          }
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

  /** Asks each client for a login in some way, and records what it receives. */
  static Impostor asking(Asking asking, OutputStream received) throws IOException {
    return of(
        (impostor, client) -> {
          try (client) {
            var in = new DataInputStream(new Recording(client.getInputStream(), received));
            var out = new DataOutputStream(client.getOutputStream());
            startup(in, out);
            asking.ask(in, out);
          }
        });
  }

  /** The messages of a server that authenticates a client. */
  interface Asking {
    void ask(DataInputStream in, DataOutputStream out) throws IOException;

    /** AuthenticationCleartextPassword, and nothing else. */
    static void cleartext(DataInputStream in, DataOutputStream out) throws IOException {
      authentication(out, 3, new byte[0]);
      in.readAllBytes();
    }

    /** AuthenticationMD5Password. */
    static void md5(DataInputStream in, DataOutputStream out) throws IOException {
      authentication(out, 5, new byte[] {1, 2, 3, 4});
      in.readAllBytes();
    }

    /** SCRAM by a server that does not know the verifier, so its signature is wrong. */
    static void scramWithoutVerifier(DataInputStream in, DataOutputStream out) throws IOException {
      authentication(out, 10, "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII));
      var first = message(in);
      var nonce = first.substring(first.indexOf("r=") + 2);
      authentication(
          out,
          11,
          "r=%sx,s=c2FsdHNhbHQ=,i=4096".formatted(nonce).getBytes(StandardCharsets.US_ASCII));
      message(in);
      authentication(
          out,
          12,
          "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".getBytes(StandardCharsets.US_ASCII));
      authentication(out, 0, new byte[0]);
      in.readAllBytes();
    }

    private static String message(DataInputStream in) throws IOException {
      in.readByte();
      return new String(in.readNBytes(in.readInt() - 4), StandardCharsets.US_ASCII);
    }

    private static void authentication(DataOutputStream out, int type, byte[] rest)
        throws IOException {
      out.writeByte('R');
      out.writeInt(8 + rest.length);
      out.writeInt(type);
      out.write(rest);
      out.flush();
    }
  }

  /** Copies what is read. */
  private static final class Recording extends FilterInputStream {
    private final OutputStream copy;

    Recording(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      var octet = super.read();
      if (octet >= 0) {
        copy.write(octet);
      }
      return octet;
    }

    @Override
    public int read(byte[] buffer, int start, int length) throws IOException {
      var count = super.read(buffer, start, length);
      if (count > 0) {
        copy.write(buffer, start, count);
      }
      return count;
    }
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
      startup(in, out);
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

  /** Reads the startup message, after having refused TLS. */
  private static void startup(DataInputStream in, DataOutputStream out) throws IOException {
    var length = in.readInt();
    var code = in.readInt();
    in.readNBytes(length - 8);
    if (code == SSL_REQUEST) {
      out.writeByte('N');
      in.readNBytes(in.readInt() - 4);
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    hangUp();
  }
}
