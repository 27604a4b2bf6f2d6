package io.pgtopo.exporter.testing;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Web;
import io.pgtopo.exporter.http.Events;
import io.pgtopo.exporter.http.HttpApi;
import io.pgtopo.exporter.http.HttpServer;
import io.pgtopo.exporter.metrics.Meters;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.RequestFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The real HTTP server on a free port, with a snapshot and a clock that a test sets. */
public final class Site implements AutoCloseable {
  public static final Duration LIMIT = Duration.ofSeconds(30);
  public static final Duration RECENT = Duration.ofSeconds(15);

  private static final Endpoint LISTEN = new Endpoint("127.0.0.1", 8432);

  private final AtomicReference<Optional<Snapshot>> snapshot =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Instant> now = new AtomicReference<>(World.START);
  private final AtomicReference<Optional<String>> own = new AtomicReference<>(Optional.empty());
  private final Counters counters = new Counters();
  private final Reload reload;
  private final Meters meters;
  private final Listener listener;
  private final RequestFilter filter;
  private final Events events;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** One that is open to everybody. */
  public Site() {
    this(Web.DEFAULT);
  }

  /** One with another declaration. */
  public Site(Inventory inventory) {
    this(
        Web.DEFAULT,
        Listener.Limits.DEFAULT,
        new Config(
            World.config().settings(),
            inventory,
            Policy.NONE,
            Optional.empty(),
            List.of(),
            List.of()));
  }

  public Site(Web web) {
    this(web, Listener.Limits.DEFAULT, World.config());
  }

  public Site(Web web, Listener.Limits limits, Config config) {
    this(web, limits, () -> config);
  }

  /** One that reads its declaration again when it is asked to. */
  public Site(Web web, Listener.Limits limits, Supplier<Config> load) {
    var config = load.get();
    reload = new Reload(config, load, now::get);
    var latest = new LatestSnapshot(snapshot::get, () -> LIMIT, now::get);
    var recent = new LatestSnapshot(snapshot::get, () -> RECENT, now::get);
    meters = new Meters(counters, reload);
    listener = new Listener(LISTEN, 0, limits, web);
    filter = new RequestFilter(LISTEN, web, now::get);
    events = new Events(latest, listener);
    var known = new PublishedState(latest, recent, () -> config, own::get, reload);
    server = HttpApi.create(listener, filter, known, meters, counters, events);
    try {
      server.start();
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  /** Publishes a snapshot; it is its age that the clock shows. */
  public void show(Snapshot shown, Duration age) {
    now.set(shown.window().to().plus(age));
    snapshot.set(Optional.of(shown));
    events.publish();
  }

  /** Says which instance runs on this machine. */
  public void isAt(String instance) {
    own.set(Optional.of(instance));
  }

  /** Lets time go by. */
  public void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  public RequestFilter filter() {
    return filter;
  }

  public Listener listener() {
    return listener;
  }

  public Counters counters() {
    return counters;
  }

  public int port() {
    return server.port();
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  public HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  public HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, HttpRequest.BodyPublishers.noBody(), headers);
  }

  public HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send("POST", path, HttpRequest.BodyPublishers.ofString(body), headers);
  }

  private HttpResponse<String> send(
      String method, String path, HttpRequest.BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url() + path)).method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.close();
    server.stop();
    meters.close();
  }
}
