package io.pgtopo.agent.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Three nodes under Patroni, and the etcd that they agree in, from the system's packages, each on a
 * loopback address of its own; all gone when it is closed or the JVM ends, be it by SIGKILL.
 */
final class PatroniCluster implements AutoCloseable {
  static final String NAME = "pg-test";
  static final List<Integer> NODES = List.of(1, 2, 3);

  /** Until Patroni takes the place of a primary that vanished. */
  static final Duration TTL = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int POSTGRES_PORT = 15432;
  static final int REST_PORT = 8008;
  private static final int LOCK_NODE = 254;
  private static final int ETCD_NODE = 9;
  private static final int LAST_BLOCK = 254;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, Process> managers = new TreeMap<>();
  private final int block;
  private final ServerSocket lock;
  private final Path binaries;
  private final Path directory;
  private final Process reaper;

  private PatroniCluster(int block, ServerSocket lock, Path binaries) throws IOException {
    this.block = block;
    this.lock = lock;
    this.binaries = binaries;
    this.directory =
        DebianPrograms.base()
            .resolve("pgtopo-patroni-" + block + "-" + ProcessHandle.current().pid());
    this.reaper = DebianPrograms.reaper(directory);
  }

  /** Whether the packages are there. */
  static boolean isInstalled() {
    return Stream.of("etcd", "patroni", "setpriv")
            .allMatch(it -> DebianPrograms.find(it).isPresent())
        && DebianPrograms.serverBinaries().isPresent();
  }

  /** Starts all and waits until one leads and two follow; {@code pg-test-1} leads. */
  static PatroniCluster start() {
    try {
      for (int block = 1; block <= LAST_BLOCK; block++) {
        var lock = lock(block);
        if (lock.isPresent()) {
          var cluster =
              new PatroniCluster(block, lock.get(), DebianPrograms.serverBinaries().orElseThrow());
          try {
            cluster.launchAll();
            return cluster;
          } catch (RuntimeException | IOException failed) {
            cluster.close();
            throw failed;
          }
        }
      }
      throw new AssertionError("no block 127.78.b.0/24 is free");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What a user of Pigsty would have declared. */
  String inventory() {
    var hosts = new StringBuilder();
    NODES.forEach(
        node ->
            hosts.append(
                "        %s: { pg_seq: %d, pg_role: %s, pg_port: %d }%n"
                    .formatted(
                        address(node), node, node == 1 ? "primary" : "replica", POSTGRES_PORT)));
    return "all:\n  children:\n    %s:\n      hosts:\n%s      vars: { pg_cluster: %s }\n"
        .formatted(NAME, hosts, NAME);
  }

  /** Asks Patroni to switch over; what it answers comes when it is done, or has given up. */
  CompletableFuture<HttpResponse<String>> switchover(int leader, int candidate) {
    var body =
        "{\"leader\": \"%s-%d\", \"candidate\": \"%s-%d\"}"
            .formatted(NAME, leader, NAME, candidate);
    return http.sendAsync(
        HttpRequest.newBuilder(uri(leader, "/switchover"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Whether Patroni says so of a node. */
  boolean leads(int node) {
    return answers(node, "/primary");
  }

  /** Whether Patroni says of all nodes that they run, and of this one that it leads. */
  boolean isSettled(int leader) {
    return NODES.stream()
        .allMatch(node -> node == leader ? leads(node) : answers(node, "/replica"));
  }

  /** Pauses Patroni on all nodes, or resumes it. */
  void pause(boolean isPaused) {
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(uri(1, "/config"))
                  .method(
                      "PATCH",
                      HttpRequest.BodyPublishers.ofString("{\"pause\": %s}".formatted(isPaused)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.body());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  /** Kills a node's Patroni, and leaves its server alone. */
  void killManager(int node) {
    DebianPrograms.end(Objects.requireNonNull(managers.remove(node)).toHandle());
  }

  /** Stops etcd without ending it, so that it answers nothing. */
  void freezeStore() {
    freezeManager(ETCD_NODE);
  }

  /** Ends {@link #freezeStore}. */
  void thawStore() {
    thawManager(ETCD_NODE);
  }

  /** Kills a node's Patroni, so that it does not restart the server, and its server. */
  void kill(int node) {
    DebianPrograms.end(Objects.requireNonNull(managers.remove(node)).toHandle());
    DebianPrograms.end(postmaster(node).orElseThrow());
  }

  /** Starts a node's Patroni, which starts the server. */
  void manage(int node) {
    managers.put(
        node,
        launch(
            List.of(
                DebianPrograms.find("patroni").orElseThrow().toString(),
                configuration(node).toString())));
  }

  /** Stops a node's Patroni without ending it, so that it takes no notice of its server. */
  void freezeManager(int node) {
    DebianPrograms.signal("STOP", Objects.requireNonNull(managers.get(node)));
  }

  /** Ends {@link #freezeManager}. */
  void thawManager(int node) {
    DebianPrograms.signal("CONT", Objects.requireNonNull(managers.get(node)));
  }

  /** Starts a node's server without Patroni, as it was when it ended. */
  void startByHand(int node) {
    launch(
        List.of(
            binaries.resolve("postgres").toString(),
            "-D",
            data(node).toString(),
            "-h",
            address(node),
            "-p",
            Integer.toString(POSTGRES_PORT),
            "-k",
            directory.resolve("socket/" + node).toString()));
    until("node " + node + " takes connections", () -> isUp(node));
  }

  /** Ends a server that was started by hand. */
  void killByHand(int node) {
    DebianPrograms.end(postmaster(node).orElseThrow());
  }

  void execute(int node, String sql) {
    var url = "jdbc:postgresql://%s:%d/postgres".formatted(address(node), POSTGRES_PORT);
    try (var connection = DriverManager.getConnection(url, "postgres", "");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql + " on node " + node, failed);
    }
  }

  /** Kills all processes and removes all files, even what a killed node left behind. */
  @Override
  public void close() {
    try {
      reaper.getOutputStream().close();
      reaper.waitFor();
      lock.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException end) {
      // The reaper goes on by itself.
      Thread.currentThread().interrupt();
    } finally {
      http.close();
    }
  }

  private void launchAll() throws IOException {
    for (var part : List.of("data/etcd", "data/pg", "socket/1", "socket/2", "socket/3")) {
      Files.createDirectories(directory.resolve(part));
    }
    DebianPrograms.run(
        List.of("chown", "-R", DebianPrograms.user(), directory.resolve("data").toString()));
    DebianPrograms.run(
        List.of("chown", "-R", DebianPrograms.user(), directory.resolve("socket").toString()));
    var client = "http://" + address(ETCD_NODE) + ":2379";
    var peer = "http://" + address(ETCD_NODE) + ":2380";
    launchStore(client, peer);
    until("etcd is healthy", () -> isOk(URI.create(client + "/health")));
    for (int node : NODES) {
      Files.writeString(
          configuration(node),
          PatroniYaml.of(
              node,
              address(node),
              address(ETCD_NODE) + ":2379",
              binaries,
              data(node),
              directory.resolve("socket/" + node)));
    }
    // The first one alone, so that it is the first leader.
    manage(1);
    until(() -> "pg-test-1 leads; " + lastLines(1), () -> leads(1));
    manage(2);
    manage(3);
    execute(1, "CREATE ROLE dbuser_monitor LOGIN IN ROLE pg_monitor");
    until("pg-test-2 and pg-test-3 follow", () -> isSettled(1));
  }

  private void launchStore(String client, String peer) {
    managers.put(
        ETCD_NODE,
        launch(
            List.of(
                DebianPrograms.find("etcd").orElseThrow().toString(),
                "--data-dir=" + directory.resolve("data/etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer)));
  }

  private String lastLines(int node) {
    try (var lines = Files.lines(log(configuration(node)))) {
      var all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path log(Path about) {
    return directory.resolve("log").resolve(about.getFileName() + ".log");
  }

  private Path configuration(int node) {
    return directory.resolve("data/patroni-" + node + ".yml");
  }

  private Path data(int node) {
    return directory.resolve("data/pg/" + node);
  }

  String address(int node) {
    return address(block, node);
  }

  private static String address(int block, int node) {
    return "127.78." + block + "." + node;
  }

  private URI uri(int node, String path) {
    return URI.create("http://" + address(node) + ":" + REST_PORT + path);
  }

  private boolean answers(int node, String path) {
    return isOk(uri(node, path));
  }

  private boolean isOk(URI uri) {
    try {
      var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  private boolean isUp(int node) {
    try {
      execute(node, "SELECT");
      return true;
    } catch (IllegalStateException notYet) {
      return false;
    }
  }

  private Optional<ProcessHandle> postmaster(int node) {
    try (var lines = Files.lines(data(node).resolve("postmaster.pid"))) {
      return lines.findFirst().flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** As the unprivileged user, with what it says in a file beside the data. */
  private Process launch(List<String> words) {
    try {
      var command = new ArrayList<String>();
      if (DebianPrograms.isRoot()) {
        command.addAll(
            List.of(
                "setpriv",
                "--reuid=" + DebianPrograms.user(),
                "--regid=" + DebianPrograms.user(),
                "--clear-groups"));
      }
      command.addAll(words);
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().keySet().removeIf(it -> it.startsWith("PG") || it.startsWith("ETCD"));
      builder.environment().put("LC_ALL", "C.UTF-8");
      return builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log(Path.of(words.getLast())).toFile()))
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  private static void until(Supplier<String> what, BooleanSupplier condition) {
    var end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within " + PATIENCE + ": " + what.get());
      }
      Thread.onSpinWait();
    }
  }

  private static Optional<ServerSocket> lock(int block) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.bind(
          new InetSocketAddress(
              InetAddress.getByName(address(block, LOCK_NODE)), POSTGRES_PORT - 1),
          1);
      return Optional.of(socket);
    } catch (IOException taken) {
      socket.close();
      return Optional.empty();
    }
  }
}
