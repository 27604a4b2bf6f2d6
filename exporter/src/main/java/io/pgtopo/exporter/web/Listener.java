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
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;

/** Where it is listened, over which protocol, and how much of everything is taken. */
public final class Listener {
  /** Bytes of the first line and the headers of a request. */
  static final int LARGEST_HEADER = 8 * 1024;

  /** Longer than the usual intervals between two scrapes, which share a connection. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(75);

  /** While there are as many connections as there may be. */
  private static final Duration LONGEST_IDLE_IF_FULL = Duration.ofSeconds(1);

  private static final int MOST_THREADS = 8;
  private static final int LEAST_THREADS = 2;

  /**
   * How much it bears.
   *
   * @param connections at once; more wait to be accepted
   * @param look time between two looks for connections that are too slow
   * @param unread bytes of answers that slow readers may keep in memory
   */
  public record Limits(int connections, Duration look, long unread) {
    /** For everyday use: a quarter of the memory is for slow readers at most. */
    public static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(10));

    /** Limits with the usual memory. */
    public Limits(int connections, Duration look) {
      this(connections, look, Runtime.getRuntime().maxMemory() / 4);
    }
  }

  private final Endpoint listen;
  private final int port;
  private final Limits limits;
  private final Optional<Factory> tls;
  private final Set<SocketAddress> streams = ConcurrentHashMap.newKeySet();
  private final ExchangeTimeout patience;

  /** Engines by the TLS that is in force. */
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
   * @throws io.pgtopo.config.reading.InvalidConfigException if no TLS can be spoken as it is set
   */
  public Listener(Endpoint listen, int port, Limits limits, Web web) {
    this.listen = listen;
    this.port = port;
    this.limits = limits;
    this.tls = Tls.of(web.access()).map(Factory::new);
    this.patience = new ExchangeTimeout(limits.look(), streams);
  }

  /** How much it bears. */
  public Limits limits() {
    return limits;
  }

  /** http or https. */
  public String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  /** Another certificate, or other protocols, for connections that come from now on. */
  public void take(Web web) {
    var next = Tls.of(web.access());
    if (tls.isPresent() && next.isPresent()) {
      tls.get().tls = next.get();
    }
  }

  /** Whether TLS is begun or ended by a configuration, which takes a new start. */
  public boolean changesScheme(Web web) {
    return tls.isPresent() != web.access().tls().isPresent();
  }

  /** Virtual threads answer: who reads slowly blocks none of the few that all share. */
  public static ThreadPool threads() {
    var pool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    pool.setName("http");
    pool.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
    return pool;
  }

  /** The place of the server where connections come in. */
  public Connector connect(Server server, HttpConfiguration http) {
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
    connector.addBean(patience);
    connector.addEventListener(
        new LifeCycle.Listener() {
          @Override
          public void lifeCycleStarted(LifeCycle started) {
            patience.start(connector.getScheduler());
          }

          @Override
          public void lifeCycleStopping(LifeCycle stopping) {
            patience.stop();
          }
        });
  }

  /** Closes the connection of a client, whose answer is not complete. */
  public void breakOff(Context ctx) {
    patience.close(client(ctx));
  }

  /** The answer to this client goes on until {@link #endStream}. */
  public void beginStream(Context ctx) {
    streams.add(client(ctx));
  }

  /** The answer to this client has ended. */
  public void endStream(Context ctx) {
    streams.remove(client(ctx));
  }

  private static SocketAddress client(Context ctx) {
    var literal = ctx.req().getRemoteAddr().replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(literal, ctx.req().getRemotePort());
  }
}
