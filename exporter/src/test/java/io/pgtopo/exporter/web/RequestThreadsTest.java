package io.pgtopo.exporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests are answered apart from the few threads that read them. */
@Timeout(60)
class RequestThreadsTest {
  private static final int MANY = 50;

  private final CountDownLatch blocked = new CountDownLatch(MANY);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final AtomicReference<Thread> answering = new AtomicReference<>();
  private final Server jetty = new Server(Listener.threads());
  private final ServerConnector connector = new ServerConnector(jetty, 1, 1);

  private final class Answers extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback)
        throws InterruptedException {
      answering.set(Thread.currentThread());
      switch (Request.getPathInContext(request)) {
        case "/blocks" -> {
          blocked.countDown();
          goesOn.await();
        }
        case "/fails" -> throw new IllegalStateException("staged by the test");
        case "/unknown" -> {
          return false;
        }
        default -> {}
      }
      response.setStatus(204);
      callback.succeeded();
      return true;
    }
  }

  @BeforeEach
  void start() throws Exception {
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    jetty.setHandler(new RequestThreads(new Answers()));
    jetty.start();
  }

  @AfterEach
  void stop() throws Exception {
    goesOn.countDown();
    jetty.stop();
  }

  private static String request(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path);
  }

  private String status(String path) throws Exception {
    return Wire.ask(connector.getLocalPort(), request(path)).lines().findFirst().orElse("");
  }

  @Test
  void requests_that_block_keep_none_of_the_threads_that_read() throws Exception {
    var waiting = new ArrayList<Wire>();
    for (var i = 0; i < MANY; i++) {
      waiting.add(new Wire(connector.getLocalPort()).send(request("/blocks")));
    }
    blocked.await();

    assertThat(status("/")).isEqualTo("HTTP/1.1 204 No Content");
    assertThat(answering.get().isVirtual()).isTrue();

    goesOn.countDown();
    for (var wire : List.copyOf(waiting)) {
      assertThat(new String(wire.in().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 204");
      wire.close();
    }
  }

  @Test
  void a_request_that_fails_or_that_nobody_handles_is_answered() throws Exception {
    assertThat(status("/fails")).startsWith("HTTP/1.1 500");
    assertThat(status("/unknown")).startsWith("HTTP/1.1 404");
  }
}
