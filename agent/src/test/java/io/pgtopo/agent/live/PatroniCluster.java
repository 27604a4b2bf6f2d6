package io.pgtopo.agent.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
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

  static final int POSTGRES_PORT = 15432;
  static final int REST_PORT = 8008;
  private static final int ETCD_NODE = 9;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, Process> managers = new TreeMap<>();
  private final DebianNodes nodes;
  private final Path binaries;

  private PatroniCluster(DebianNodes nodes, Path binaries) {
    this.nodes = nodes;
    this.binaries = binaries;
  }

  /** Whether the packages are there. */
  static boolean isInstalled() {
    return Stream.of("etcd", "patroni", "setpriv")
            .allMatch(it -> DebianPrograms.find(it).isPresent())
        && DebianPrograms.serverBinaries().isPresent();
  }

  /** Starts all and waits until one leads and two follow; {@code pg-test-1} leads. */
  static PatroniCluster start() {
    var cluster =
        new PatroniCluster(
            DebianNodes.claim("patroni", "127.78"), DebianPrograms.serverBinaries().orElseThrow());
    DebianNodes.launchOrClose(cluster::launchAll, cluster::close);
    return cluster;
  }

  /** What a user of Pigsty would have declared. */
  String inventory() {
    return nodes.inventory(NODES, POSTGRES_PORT);
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
    configure("{\"pause\": %s}".formatted(isPaused));
  }

  /** Makes the cluster one of standbys, whose leader follows another node's server. */
  void follow(int node) {
    configure(
        "{\"standby_cluster\": {\"host\": \"%s\", \"port\": %d}}"
            .formatted(address(node), POSTGRES_PORT));
    DebianNodes.until(
        "a standby leader and a replica",
        () ->
            (answers(1, "/standby-leader") && answers(2, "/replica"))
                || (answers(2, "/standby-leader") && answers(1, "/replica")));
  }

  /** How much a replica may lack that Patroni promotes, {@code maximum_lag_on_failover}. */
  void allowLoss(long bytes) {
    configure("{\"maximum_lag_on_failover\": %d}".formatted(bytes));
  }

  private int managed() {
    return NODES.stream().filter(managers::containsKey).findFirst().orElseThrow();
  }

  /** Whether Patroni counts a node to the cluster: its key in the store ends after a while. */
  boolean isMember(int node) {
    return get(managed(), "/cluster").contains("\"%s-%d\"".formatted(NAME, node));
  }

  /** Waits until a node's Patroni has looked at the cluster once more. */
  void awaitLoop(int node) {
    var before = lastLoop(node);
    DebianNodes.until("Patroni looks again", () -> !lastLoop(node).equals(before));
  }

  private String lastLoop(int node) {
    return get(node, "/patroni").replaceFirst("(?s).*\"dcs_last_seen\": (\\d+).*", "$1");
  }

  private String get(int node, String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(uri(node, path)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  /** Gives a node's Patroni tags, as {@code nofailover: true}. */
  void tag(int node, String tags) {
    try {
      Files.writeString(
          configuration(node), "tags: { %s }%n".formatted(tags), StandardOpenOption.APPEND);
      http.send(
          HttpRequest.newBuilder(uri(node, "/reload"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  /** Stops the process that receives WAL on a node, without ending it. */
  void freezeReceiver(int node) {
    nodes
        .postmaster(name(node))
        .orElseThrow()
        .children()
        .filter(PatroniCluster::isReceiver)
        .forEach(it -> RealServers.signal("STOP", it.pid()));
  }

  private static boolean isReceiver(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("walreceiver");
    } catch (IOException ended) {
      return false;
    }
  }

  private void configure(String change) {
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(uri(managed(), "/config"))
                  .method("PATCH", HttpRequest.BodyPublishers.ofString(change))
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
    DebianPrograms.end(nodes.postmaster(name(node)).orElseThrow());
  }

  /** Starts a node's Patroni, which starts the server. */
  void manage(int node) {
    managers.put(
        node,
        nodes.launch(
            log(node),
            Map.of(),
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
    nodes.launch(
        name(node),
        Map.of(),
        List.of(
            binaries.resolve("postgres").toString(),
            "-D",
            data(node).toString(),
            "-h",
            address(node),
            "-p",
            Integer.toString(POSTGRES_PORT),
            "-k",
            nodes.socket(node).toString()));
    DebianNodes.until("node " + node + " takes connections", () -> isUp(node));
  }

  /** Ends a server that was started by hand. */
  void killByHand(int node) {
    DebianPrograms.end(nodes.postmaster(name(node)).orElseThrow());
  }

  void execute(int node, String sql) {
    nodes.execute(node, POSTGRES_PORT, "postgres", sql);
  }

  /** Kills all processes and removes all files, even what a killed node left behind. */
  @Override
  public void close() {
    nodes.close();
    http.close();
  }

  private void launchAll() throws IOException {
    nodes.make(List.of("etcd"), NODES);
    var client = "http://" + address(ETCD_NODE) + ":2379";
    var peer = "http://" + address(ETCD_NODE) + ":2380";
    launchStore(client, peer);
    DebianNodes.until("etcd is healthy", () -> isOk(URI.create(client + "/health")));
    for (int node : NODES) {
      Files.writeString(
          configuration(node),
          PatroniYaml.of(
              node,
              address(node),
              address(ETCD_NODE) + ":2379",
              binaries,
              data(node),
              nodes.socket(node)));
    }
    // The first one alone, so that it is the first leader.
    manage(1);
    DebianNodes.until(() -> "pg-test-1 leads; " + nodes.lastLines(log(1)), () -> leads(1));
    manage(2);
    manage(3);
    execute(1, "CREATE ROLE dbuser_monitor LOGIN IN ROLE pg_monitor");
    DebianNodes.until("pg-test-2 and pg-test-3 follow", () -> isSettled(1));
  }

  private void launchStore(String client, String peer) {
    managers.put(
        ETCD_NODE,
        nodes.launch(
            "etcd",
            Map.of(),
            List.of(
                DebianPrograms.find("etcd").orElseThrow().toString(),
                "--data-dir=" + nodes.data("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer)));
  }

  private static String name(int node) {
    return "pg-" + node;
  }

  private static String log(int node) {
    return "patroni-" + node;
  }

  private Path configuration(int node) {
    return nodes.data("patroni-" + node + ".yml");
  }

  private Path data(int node) {
    return nodes.data(name(node));
  }

  String address(int node) {
    return nodes.address(node);
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
    return nodes.says(node, POSTGRES_PORT, "postgres", "SELECT true");
  }
}
