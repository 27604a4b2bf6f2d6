package io.pgtopo.exporter.soak;

import io.pgtopo.exporter.Main;
import io.pgtopo.exporter.testing.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** pgtopo as a process of its own, with TLS, a login and a state, in a folder with all it reads. */
final class AgentProcess implements AutoCloseable {
  /** The password for PostgreSQL: it may appear nowhere. */
  static final String CANARY = "canary-7d1f";

  /** The clock of the process, where the library is installed. */
  static final Path FAKE_TIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

  /** Root alone can give it files of the system that are its own. */
  static final boolean HAS_OWN_NAMES = "root".equals(System.getProperty("user.name"));

  private static final String LOGIN = "prometheus:Sesame";
  private static final int PATIENCE_SECONDS = 120;

  private final Path folder;
  private final int port;
  private final HttpClient client;
  private Process process;

  /** How often it was started. */
  private int starts;

  AgentProcess(Path folder, String inventory) throws Exception {
    this.folder = folder;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var authority = Certificates.authority("authority");
    var identity = Certificates.issue("localhost", Certificates.ec(), authority);
    Files.writeString(folder.resolve("tls.crt"), identity.certificatePem());
    Files.writeString(folder.resolve("tls.key"), identity.keyPem());
    Files.writeString(web(), webText());
    Files.writeString(inventory(), inventory);
    Files.writeString(clock(), "+0");
    Files.writeString(names(), "");
    Files.writeString(folder.resolve("resolv.conf"), "nameserver " + NameServer.ADDRESS + "\n");
    Files.createDirectory(state());
    Files.writeString(
        folder.resolve("pgtopo.yml"),
        """
        inventory: [ pigsty.yml ]
        interval: 500ms
        hysteresis: 1s
        grace: 0s
        state_directory: state
        listen: 127.0.0.1:%d
        web_config: web.yml
        connection: { user: dbuser_monitor, password: %s }
        """
            .formatted(port, CANARY));
    client = HttpClient.newBuilder().sslContext(Certificates.trusting(authority)).build();
    process = launch(false);
  }

  private static String webText() {
    var colon = LOGIN.indexOf(':');
    var password = LOGIN.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
    return """
    tls_server_config: { cert_file: tls.crt, key_file: tls.key }
    basic_auth_users: { %s: %s }
    """
        .formatted(
            LOGIN.substring(0, colon), OpenBSDBCrypt.generate("2y", password, new byte[16], 10));
  }

  Path inventory() {
    return folder.resolve("pigsty.yml");
  }

  Path web() {
    return folder.resolve("web.yml");
  }

  Path state() {
    return folder.resolve("state");
  }

  /** How far the clock of the process is from the true one, in seconds, as {@code +3600}. */
  Path clock() {
    return folder.resolve("clock");
  }

  /** What the names of hosts lead to, in the format of {@code /etc/hosts}. */
  Path names() {
    return folder.resolve("hosts");
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int starts() {
    return starts;
  }

  /** All that it has logged since its last start. */
  String log() throws IOException {
    return Files.readString(folder.resolve("log-" + starts), StandardCharsets.UTF_8);
  }

  void start() throws IOException {
    process = launch(false);
  }

  /** With a clock that can be set, which makes it slow. */
  void startWithClock() throws IOException {
    process = launch(true);
  }

  private Process launch(boolean withClock) throws IOException {
    starts++;
    var command = new ArrayList<String>();
    if (HAS_OWN_NAMES) {
      var script =
          "mount --bind '%s' /etc/hosts && mount --bind '%s' /etc/resolv.conf && exec \"$@\""
              .formatted(names(), folder.resolve("resolv.conf"));
      command.addAll(
          List.of("unshare", "--mount", "--propagation", "private", "bash", "-c", script, "bash"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx48m",
            "-Xss256k"));
    if (!HAS_OWN_NAMES) {
      command.add("-Djdk.net.hosts.file=" + names());
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            "--config",
            folder.resolve("pgtopo.yml").toString()));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().remove("JOURNAL_STREAM");
    if (withClock) {
      builder.environment().put("LD_PRELOAD", FAKE_TIME.toString());
      builder.environment().put("FAKETIME_TIMESTAMP_FILE", clock().toString());
      builder.environment().put("FAKETIME_CACHE_DURATION", "1");
      builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log-" + starts).toFile())
        .start();
  }

  /** Ends as by a crash. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Lets a moment go by, or less if the process ends. */
  void pause() throws InterruptedException {
    process.waitFor(100, TimeUnit.MILLISECONDS);
  }

  /** What a request without a login gets; 0 if it gets no answer. */
  int statusForStrangers(String path) throws InterruptedException {
    return send(path).map(HttpResponse::statusCode).orElse(0);
  }

  /** The metrics; empty if there are none. */
  String metrics() throws InterruptedException {
    return send("/metrics", "Authorization", authorization(LOGIN))
        .filter(answer -> answer.statusCode() == 200)
        .map(HttpResponse::body)
        .orElse("");
  }

  static String authorization(String login) {
    return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  /** What a request gets; empty if it gets no answer. */
  Optional<HttpResponse<String>> send(String path, String... headers) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(5));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return Optional.of(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  /** Sends a signal, such as {@code STOP}, a number of times. */
  void signal(String name, int times) throws IOException, InterruptedException {
    shell("for i in $(seq %d); do kill -%s %d; done".formatted(times, name, pid()));
  }

  /** Limits the files that it may have open. */
  void limitFiles(String soft) throws IOException, InterruptedException {
    shell("prlimit --pid %d --nofile=%s:".formatted(pid(), soft));
  }

  private static void shell(String script) throws IOException, InterruptedException {
    var shell = new ProcessBuilder("bash", "-c", script).inheritIO().start();
    if (shell.waitFor() != 0) {
      throw new IOException("failed: " + script);
    }
  }

  /** How many files it has open. */
  int files() {
    return count("fd");
  }

  int threads() {
    return count("task");
  }

  private int count(String folderOfProc) {
    var names = Path.of("/proc", Long.toString(pid()), folderOfProc).toFile().list();
    return names == null ? 0 : names.length;
  }

  /** Resident memory in MiB. */
  long residentMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .sum();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("it does not end");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
      client.close();
    }
  }

  /** The value of a series, with its labels in the text form; empty if there is no such series. */
  static List<Double> values(String metrics, String name, String... labels) {
    var values = new ArrayList<Double>();
    metrics
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .forEach(
            line ->
                values.add(
                    Double.valueOf(
                        line.substring(line.lastIndexOf(' ') + 1).toLowerCase(Locale.ROOT))));
    return values;
  }
}
