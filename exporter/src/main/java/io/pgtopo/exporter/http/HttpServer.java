package io.pgtopo.exporter.http;

import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.RequestThreads;
import jakarta.servlet.Servlet;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;

/**
 * Jetty with nothing in it but the routes. Javalin's own server would hand a request with a header
 * of WebSocket to a servlet that asks no filter, and open a session for it.
 */
public final class HttpServer {
  /**
   * Its buffers are not shared: once in a million damaged requests Jetty 12.1.14 answered with
   * bytes of another client's request.
   */
  private final Server jetty =
      new Server(Listener.threads(), null, new ByteBufferPool.NonPooling());

  private final NetworkConnector connector;
  private final Events events;

  HttpServer(Listener listener, Servlet routes, Events events) {
    this.events = events;
    var http = new HttpConfiguration();
    // What is not shared is to be freed with the heap.
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    connector = listener.connect(jetty, http);
    jetty.addConnector(connector);
    jetty.setErrorHandler(new HttpProblems());
    var context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
    context.addServlet(new ServletHolder(routes), "/*");
    jetty.setHandler(new RequestThreads(context));
  }

  /**
   * Listens and answers from now on.
   *
   * @throws IOException if the address or the port is not available
   */
  public void start() throws IOException {
    try {
      jetty.start();
    } catch (IOException | RuntimeException failed) {
      stop();
      throw failed;
    } catch (Exception bug) {
      throw new IllegalStateException("Jetty did not start", bug);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Ends all streams and closes all connections. */
  public void stop() {
    events.close();
    try {
      jetty.stop();
    } catch (Exception bug) {
      throw new IllegalStateException("Jetty did not stop", bug);
    }
  }
}
