package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Prometheus with the rules, a real Alertmanager with its example, and who is on call: all
 * on loopback, quicker than in earnest.
 */
final class AlertStage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Every time that a rule waits is divided by this. */
  private static final int QUICKER = 8;

  /** Not less, in seconds: a repair on a slow machine takes a while, and a scrape may be lost. */
  private static final int SHORTEST = 6;

  private static final Pattern HOLD = Pattern.compile("(?m)^    for: (\\w+)$");

  private final List<Notification> notifications = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer onCall;
  private final Process alertmanager;
  private final Process prometheus;
  private final Path directory;
  private final int port;

  /** An alert in a notification, with the receiver that it went to. */
  record Notification(
      String status, String receiver, SortedMap<String, String> labels, String summary) {
    String name() {
      return labels.getOrDefault("alertname", "");
    }

    boolean isFiring() {
      return status.equals("firing");
    }
  }

  AlertStage(Path directory, List<Integer> agents) throws IOException {
    this.directory = directory;
    // Before anything starts: a test without them ends here.
    var programs =
        List.of(OtherPrograms.find("prometheus"), OtherPrograms.find("prometheus-alertmanager"));
    requireTemplates();
    onCall = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    onCall.createContext("/", this::listen);
    onCall.start();
    var alertmanagerPort = OtherPrograms.freePort();
    alertmanager =
        start(
            "alertmanager",
            programs.getLast(),
            "--config.file=" + write("alertmanager.yml", alertmanagerConfig()),
            "--storage.path=" + directory.resolve("alertmanager-data"),
            "--web.listen-address=127.0.0.1:" + alertmanagerPort,
            "--cluster.listen-address=");
    port = OtherPrograms.freePort();
    write("rules.yml", quickRules());
    prometheus =
        start(
            "prometheus",
            programs.getFirst(),
            "--config.file=" + write("prometheus.yml", prometheusConfig(alertmanagerPort, agents)),
            "--storage.tsdb.path=" + directory.resolve("prometheus-data"),
            "--web.listen-address=127.0.0.1:" + port);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Process start(String name, String... words) throws IOException {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(name + ".log").toFile())
        .start();
  }

  /** The example as it lies there, with other receivers and shorter times. */
  private String alertmanagerConfig() throws IOException {
    return Files.readString(Boards.FOLDER.resolve("prometheus/alertmanager.yml"))
        .replace("127.0.0.1:9999", "127.0.0.1:" + onCall.getAddress().getPort())
        .replace("group_wait: 15s", "group_wait: 1s")
        .replace("group_interval: 1m", "group_interval: 1s")
        .replace("send_resolved: false", "send_resolved: true");
  }

  private static String prometheusConfig(int alertmanager, List<Integer> agents) {
    var targets = agents.stream().map("'127.0.0.1:%d'"::formatted).toList();
    return """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [ rules.yml ]
        alerting: { alertmanagers: [ { static_configs: [ { targets: [ '127.0.0.1:%d' ] } ] } ] }
        scrape_configs:
          - job_name: pgtopo
            honor_labels: true
            static_configs: [ { targets: %s } ]
        """
        .formatted(alertmanager, targets);
  }

  /** The rules as they are installed, with shorter times. */
  private static String quickRules() throws IOException {
    var rules = Files.readString(Boards.FOLDER.resolve("prometheus/rules/pgtopo.yml"));
    return HOLD.matcher(rules)
        .replaceAll(hold -> "    for: " + quick(hold.group(1)) + "s")
        .replaceAll("keep_firing_for: .*", "keep_firing_for: 5s")
        .replace("interval: 15s", "interval: 1s");
  }

  private static long quick(String hold) {
    var duration = Duration.parse("PT" + hold.toUpperCase(Locale.ROOT));
    return Math.max(SHORTEST, duration.dividedBy(QUICKER).toSeconds());
  }

  private void listen(HttpExchange exchange) throws IOException {
    try (exchange) {
      var notification = json.readTree(exchange.getRequestBody());
      for (var alert : notification.path("alerts")) {
        notifications.add(
            new Notification(
                alert.path("status").asText(),
                exchange.getRequestURI().getPath().substring(1),
                texts(alert.path("labels")),
                alert.path("annotations").path("summary").asText()));
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static SortedMap<String, String> texts(JsonNode object) {
    var texts = new TreeMap<String, String>();
    object.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }

  /** Debian's Alertmanager does not start without its templates; unpacked alone, it has none. */
  private static void requireTemplates() {
    var template = Path.of("/usr/share/prometheus/alertmanager/email.tmpl");
    Assumptions.assumeTrue(Files.exists(template), template + " is missing");
  }

  /** All notifications so far, in order. */
  List<Notification> notifications() {
    return List.copyOf(notifications);
  }

  /** Waits for a notification after the first {@code from}. */
  Notification awaitNotification(int from, String status, String name) throws IOException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var found =
          notifications().stream()
              .skip(from)
              .filter(it -> it.status().equals(status) && it.name().equals(name))
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      if (!alertmanager.isAlive()) {
        throw new IOException(logs());
      }
      assertThat(System.nanoTime())
          .as(
              "%s %s was not sent, but %s; Prometheus has %s",
              status, name, notifications(), alerts())
          .isLessThan(end);
      breathe();
    }
  }

  /** Waits until Prometheus has just these alerts, firing, and none that is about to fire. */
  void awaitAlerts(String... names) throws IOException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var wanted = List.of(names).stream().map("firing "::concat).toList();
    while (!alerts().equals(wanted)) {
      assertThat(System.nanoTime())
          .as("wanted %s, Prometheus has %s", wanted, alerts())
          .isLessThan(end);
      breathe();
    }
  }

  /** Waits until the description of an alert has some parts. */
  void awaitDescription(String name, String... parts) throws IOException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var found = "";
    while (!List.of(parts).stream().allMatch(found::contains)) {
      assertThat(System.nanoTime()).as("%s: %s", name, found).isLessThan(end);
      breathe();
      for (var alert : ask("/api/v1/alerts").path("data").path("alerts")) {
        if (alert.path("labels").path("alertname").asText().equals(name)) {
          found = alert.path("annotations").path("description").asText();
        }
      }
    }
  }

  /** The alerts of Prometheus that fire, or will unless something changes, in order. */
  private List<String> alerts() throws IOException {
    var names = new ArrayList<String>();
    for (var alert : ask("/api/v1/alerts").path("data").path("alerts")) {
      names.add(
          alert.path("state").asText() + " " + alert.path("labels").path("alertname").asText());
    }
    names.sort(null);
    return List.copyOf(names);
  }

  /** Waits until a query has a result. */
  void await(String query) throws IOException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    while (ask(path).path("data").path("result").isEmpty()) {
      assertThat(System.nanoTime()).as("%s%n%s", query, logs()).isLessThan(end);
      breathe();
    }
  }

  private JsonNode ask(String path) throws IOException {
    var uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      var answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return json.readTree(answer.body());
    } catch (IOException notYet) {
      if (!prometheus.isAlive() || !alertmanager.isAlive()) {
        throw new IOException(logs(), notYet);
      }
      return json.createObjectNode();
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(impatient));
    }
  }

  private String logs() throws IOException {
    return Files.readString(directory.resolve("prometheus.log"))
        + Files.readString(directory.resolve("alertmanager.log"));
  }

  /** A polling loop leaves the processor to what it waits for. */
  private static void breathe() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
  }

  @Override
  public void close() {
    OtherPrograms.end(prometheus);
    OtherPrograms.end(alertmanager);
    onCall.stop(0);
    client.close();
  }
}
