package io.pgtopo.exporter;

import io.javalin.Javalin;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The real HTTP server on a free port, with a snapshot and a clock that a test sets. */
final class Site implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final AtomicReference<Optional<Snapshot>> snapshot =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Instant> now = new AtomicReference<>(World.START);
  private final Meters meters;
  private final Javalin server;
  private final HttpClient client = HttpClient.newHttpClient();

  Site() {
    var latest = new Latest(snapshot::get, () -> LIMIT, now::get);
    var reload = World.neverReloaded();
    meters = new Meters(latest, new Tally(), reload);
    server =
        HttpApi.create(new Endpoint("127.0.0.1", 8432), latest, reload, meters.registry()).start(0);
  }

  /** Publishes a snapshot; it is its age that the clock shows. */
  void show(Snapshot shown, Duration age) {
    now.set(shown.window().to().plus(age));
    snapshot.set(Optional.of(shown));
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
    var request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
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
