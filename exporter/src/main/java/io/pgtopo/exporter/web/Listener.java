package io.pgtopo.exporter.web;

import io.javalin.http.Context;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Web;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;

/** The address, protocol and limits of the HTTP server. */
public final class Listener {
  /** Bytes of the first line and the headers of a request. */
  static final int LARGEST_HEADER = 8 * 1024;

  /** Longer than the usual intervals between two scrapes, which share a connection. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(75);

  /** While there are as many connections as there may be. */
  private static final Duration LONGEST_IDLE_IF_FULL = Duration.ofSeconds(1);

  /** One accepts, one selects; the others read requests and shake hands. */
  private static final int THREADS = 4;

  /**
   * The limits.
   *
   * @param connections at once; more wait to be accepted
   * @param checkInterval between two checks for connections that are too slow
   * @param unreadBytes of responses that slow clients may keep in memory
   */
  public record Limits(int connections, Duration checkInterval, long unreadBytes) {
    /** At most a quarter of the memory is for slow clients. */
    public static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(10));

    /** Limits with the usual memory. */
    public Limits(int connections, Duration checkInterval) {
      this(connections, checkInterval, Runtime.getRuntime().maxMemory() / 4);
    }
  }

  private final Endpoint listen;
  private final int port;
  private final Limits limits;
  private final Optional<Factory> tls;
  private final Set<SocketAddress> streams = ConcurrentHashMap.newKeySet();
  private final ExchangeTimeout exchangeTimeout;

  /** Makes engines by the TLS configuration in use. */
  private static final class Factory extends SslContextFactory.Server {
    private volatile Tls tls;

    Factory(Tls tls) {
      this.tls = tls;
      setSslContext(tls.context());
    }

    @Override
    public SSLEngine newSSLEngine() {
      var current = tls;
      var engine = current.context().createSSLEngine();
      engine.setUseClientMode(false);
      engine.setSSLParameters(current.parameters());
      return engine;
    }

    @Override
    public SSLEngine newSSLEngine(String host, int port) {
      return newSSLEngine();
    }

    @Override
    public SSLEngine newSSLEngine(InetSocketAddress address) {
      return newSSLEngine();
    }
  }

  /**
   * A listener that is not open yet.
   *
   * @param port 0 for any that is free
   * @throws io.pgtopo.config.reading.InvalidConfigException if TLS cannot be configured
   */
  public Listener(Endpoint listen, int port, Limits limits, Web web) {
    this.listen = listen;
    this.port = port;
    this.limits = limits;
    this.tls = Tls.of(web.access()).map(Factory::new);
    this.exchangeTimeout = new ExchangeTimeout(limits.checkInterval(), streams);
  }

  public Limits limits() {
    return limits;
  }

  /** http or https. */
  public String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  /** Uses another certificate, or other protocols, for new connections. */
  public void use(Web web) {
    var next = Tls.of(web.access());
    if (tls.isPresent() && next.isPresent()) {
      tls.get().tls = next.get();
    }
  }

  /** The few that all clients share, from the beginning; {@link RequestThreads} answer. */
  public static ThreadPool threads() {
    var pool = new QueuedThreadPool(THREADS, THREADS);
    pool.setName("http");
    pool.setReservedThreads(0);
    return pool;
  }

  public NetworkConnector connect(Server server, HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(LARGEST_HEADER);
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setMaxUnconsumedRequestContentReads(1);
    var plain = new HttpConnectionFactory(http);
    ServerConnector connector;
    if (tls.isPresent()) {
      http.addCustomizer(new SecureRequestCustomizer(false));
      connector =
          new ServerConnector(
              server, 1, 1, new SslConnectionFactory(tls.get(), plain.getProtocol()), plain);
    } else {
      connector = new ServerConnector(server, 1, 1, plain);
    }
    connector.setHost(listen.host());
    connector.setPort(port);
    connector.setIdleTimeout(LONGEST_IDLE.toMillis());
    limit(connector);
    return connector;
  }

  private void limit(ServerConnector connector) {
    var limit = new NetworkConnectionLimit(limits.connections(), connector);
    limit.setEndPointIdleTimeout(LONGEST_IDLE_IF_FULL.toMillis());
    connector.addBean(limit);
    connector.addBean(exchangeTimeout);
    connector.addEventListener(
        new LifeCycle.Listener() {
          @Override
          public void lifeCycleStarted(LifeCycle started) {
            exchangeTimeout.start(connector.getScheduler());
          }

          @Override
          public void lifeCycleStopping(LifeCycle stopping) {
            exchangeTimeout.stop();
          }
        });
  }

  /** Closes the connection of a client whose response is incomplete. */
  public void disconnect(Context ctx) {
    exchangeTimeout.close(client(ctx));
  }

  /** The response to this client does not end before {@link #endStream}. */
  public void beginStream(Context ctx) {
    streams.add(client(ctx));
  }

  public void endStream(Context ctx) {
    streams.remove(client(ctx));
  }

  private static SocketAddress client(Context ctx) {
    var literal = ctx.req().getRemoteAddr().replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(literal, ctx.req().getRemotePort());
  }
}
