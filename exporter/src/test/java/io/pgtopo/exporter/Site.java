package io.pgtopo.exporter;

import io.javalin.Javalin;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Config;
import io.pgtopo.config.Endpoint;
import io.pgtopo.config.Web;
import io.pgtopo.exporter.web.Door;
import io.pgtopo.exporter.web.Listener;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The real HTTP server on a free port, with a snapshot and a clock that a test sets. */
final class Site implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final Duration RECENT = Duration.ofSeconds(15);

  private static final Endpoint LISTEN = new Endpoint("127.0.0.1", 8432);

  private final AtomicReference<Optional<Snapshot>> snapshot =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Instant> now = new AtomicReference<>(World.START);
  private final AtomicReference<Optional<String>> own = new AtomicReference<>(Optional.empty());
  private final Tally tally = new Tally();
  private final Reload reload;
  private final Meters meters;
  private final Listener listener;
  private final Door door;
  private final Events events;
  private final Javalin server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** One that is open to everybody. */
  Site() {
    this(Web.DEFAULT);
  }

  Site(Web web) {
    this(web, Listener.Limits.DEFAULT, World.config());
  }

  Site(Web web, Listener.Limits limits, Config config) {
    this(web, limits, () -> config);
  }

  /** One that reads its declaration again when it is asked to. */
  Site(Web web, Listener.Limits limits, Supplier<Config> load) {
    var config = load.get();
    reload = new Reload(config, load, now::get);
    var latest = new Latest(snapshot::get, () -> LIMIT, now::get);
    var recent = new Latest(snapshot::get, () -> RECENT, now::get);
    meters = new Meters(latest, tally, reload);
    listener = new Listener(LISTEN, 0, limits, web);
    door = new Door(LISTEN, web, now::get);
    events = new Events(latest, tally, listener);
    var known = new Knowledge(latest, recent, () -> config, own::get, reload);
    server = HttpApi.create(listener, door, known, meters, tally, events).start();
  }

  /** Publishes a snapshot; it is its age that the clock shows. */
  void show(Snapshot shown, Duration age) {
    now.set(shown.window().to().plus(age));
    snapshot.set(Optional.of(shown));
    events.publish();
  }

  /** Says which instance runs on this machine. */
  void isAt(String instance) {
    own.set(Optional.of(instance));
  }

  /** Lets time go by. */
  void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  Door door() {
    return door;
  }

  Listener listener() {
    return listener;
  }

  Tally tally() {
    return tally;
  }

  int port() {
    return server.port();
  }

  /** Where it listens. */
  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, HttpRequest.BodyPublishers.noBody(), headers);
  }

  HttpResponse<String> post(String path, String body, String... headers)
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
