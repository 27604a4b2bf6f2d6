package io.pgtopo.exporter.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Something that is no PostgreSQL, at the port of a declared instance. */
final class MoodyListener implements AutoCloseable {
  enum Mood {
    CLOSES,
    SAYS_NOTHING,
    SENDS_GARBAGE,
    SENDS_WITHOUT_END,
    SPEAKS_HTTP
  }

  private static final String ADDRESS = "127.91.91.91";
  private static final int CHUNK = 64 * 1024;

  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Mood mood = Mood.CLOSES;

  MoodyListener() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByName(ADDRESS));
    threads.execute(this::accept);
  }

  String host() {
    return ADDRESS;
  }

  int port() {
    return socket.getLocalPort();
  }

  void become(Mood next) {
    mood = next;
  }

  private void accept() {
    try {
      while (!socket.isClosed()) {
        var connection = socket.accept();
        threads.execute(() -> answer(connection));
      }
    } catch (IOException closed) {
      mood = Mood.CLOSES;
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      connection.setSoTimeout(5_000);
      var out = connection.getOutputStream();
      switch (mood) {
        case CLOSES -> {}
        case SAYS_NOTHING -> connection.getInputStream().readAllBytes();
        case SPEAKS_HTTP ->
            out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        case SENDS_GARBAGE -> {
          var bytes = new byte[CHUNK];
          new Random(connection.getPort()).nextBytes(bytes);
          out.write(bytes);
        }
        case SENDS_WITHOUT_END -> {
          out.write(new byte[] {'E', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
          while (mood == Mood.SENDS_WITHOUT_END) {
            out.write(new byte[CHUNK]);
          }
        }
      }
    } catch (IOException gone) {
      // The agent ends such a connection by itself.
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } finally {
      mood = Mood.CLOSES;
      threads.shutdownNow();
    }
  }
}
