package io.pgtopo.agent.live;

import io.pgtopo.config.model.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Something on a port of 127.0.0.1 that answers requests of HTTP, or does not. */
final class WebImpostor implements AutoCloseable {
  /** What a connection gets as an answer to its request line. */
  interface Answer {
    void write(String request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();

  private WebImpostor(Answer answer) throws IOException {
    listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> accept(answer));
  }

  /** With bytes of its own. */
  static WebImpostor raw(Answer answer) throws IOException {
    return new WebImpostor(answer);
  }

  /** With a status and a body for each path. */
  static WebImpostor of(Function<String, String> bodies) throws IOException {
    return raw(
        (request, out) -> {
          var body = bodies.apply(request.split(" ", -1)[1]);
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(body.getBytes(StandardCharsets.UTF_8).length, body)
                  .getBytes(StandardCharsets.UTF_8));
        });
  }

  private void accept(Answer answer) {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> answer(client, answer));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket client, Answer answer) {
    try (client;
        var in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      var lines = in.lines().takeWhile(line -> !line.isEmpty()).toList();
      if (!lines.isEmpty()) {
        requests.add(String.join("\n", lines));
        answer.write(lines.getFirst(), client.getOutputStream());
        client.getOutputStream().flush();
      }
    } catch (IOException | java.io.UncheckedIOException gone) {
      // The client has given up.
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.getLocalPort());
  }

  /** The request lines so far. */
  List<String> requested() {
    return requests.stream().map(it -> it.lines().findFirst().orElse("")).toList();
  }

  /** The paths of the requests that had a login. */
  List<String> withLogin() {
    return requests.stream()
        .filter(it -> it.toLowerCase(Locale.ROOT).contains("authorization:"))
        .map(it -> it.split(" ", -1)[1])
        .collect(Collectors.toList());
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
