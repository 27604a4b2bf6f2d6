package io.pgtopo.agent.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes under pg_auto_failover, and their monitor, from the system's packages, each on a
 * loopback address of its own; all gone when it is closed.
 */
final class AutoFailoverCluster implements AutoCloseable {
  static final List<Integer> NODES = List.of(1, 2);
  private static final int MONITOR = 9;

  /** Keepers put their sockets into one directory, so that ports differ. */
  private static final int FIRST_PORT = 15432;

  /** The monitor listens at all addresses, so that each one needs a port of its own. */
  private static final int FIRST_MONITOR_PORT = 15440;

  private static final String DATABASE = "pg_auto_failover";
  private static final String LIBRARY = "pgautofailover.so";
  private static final String PROGRAM = "pg_autoctl";

  private final DebianNodes nodes;
  private final Path binaries;
  private final Map<Integer, Process> keepers = new TreeMap<>();

  private AutoFailoverCluster(DebianNodes nodes, Path binaries) {
    this.nodes = nodes;
    this.binaries = binaries;
  }

  /** Whether the packages are there. */
  static boolean isInstalled() {
    return DebianPrograms.find(PROGRAM).isPresent()
        && DebianPrograms.find("setpriv").isPresent()
        && DebianPrograms.serverBinaries(LIBRARY).isPresent();
  }

  /** Starts all; {@code pg-test-1} is primary. */
  static AutoFailoverCluster start() {
    var cluster =
        new AutoFailoverCluster(
            DebianNodes.claim("autofailover", "127.81"),
            DebianPrograms.serverBinaries(LIBRARY).orElseThrow());
    DebianNodes.launchOrClose(cluster::launchAll, cluster::close);
    return cluster;
  }

  /** The monitor is a cluster of its own. */
  String inventory() {
    return """
    all:
      children:
        pg-monitor:
          hosts: { %s: { pg_seq: 1, pg_role: primary, pg_port: %d } }
          vars: { pg_cluster: pg-monitor }
        pg-test:
          hosts:
            %s: { pg_seq: 1, pg_role: primary, pg_port: %d }
            %s: { pg_seq: 2, pg_role: replica, pg_port: %d }
          vars: { pg_cluster: pg-test }
    """
        .formatted(address(MONITOR), port(MONITOR), address(1), port(1), address(2), port(2));
  }

  /** Of the monitor's server. */
  String monitor() {
    return address(MONITOR) + ":" + port(MONITOR);
  }

  /** Kills what keeps a node's server, and leaves the server alone. */
  void killKeeper(int node) {
    var keeper = Objects.requireNonNull(keepers.remove(node));
    var children = keeper.children().toList();
    DebianPrograms.end(keeper.toHandle());
    children.stream()
        .filter(it -> it.info().command().filter(path -> path.endsWith(PROGRAM)).isPresent())
        .forEach(DebianPrograms::end);
  }

  /** Starts a node's keeper, which starts the server. */
  private void keep(int node) {
    keepers.put(node, nodes.launch(name(node), environment(node), words(node, "run")));
  }

  /** Promotes a server as somebody would who does not know of the monitor. */
  void promoteByHand(int node) {
    nodes.execute(node, port(node), "postgres", "SELECT pg_promote()");
  }

  /** Lets a new keeper start a node's server as what the monitor has it for. */
  void restartAsStandby(int node) {
    keep(node);
    DebianNodes.until(
        "the keeper has noticed the role",
        () -> Files.exists(nodes.data(name(node)).resolve("standby.signal")));
    DebianPrograms.end(nodes.postmaster(name(node)).orElseThrow());
  }

  private void launchAll() throws IOException {
    for (int node : List.of(MONITOR, 1, 2)) {
      nodes.make(List.of("home-" + node), List.of(node));
    }
    nodes.run(
        name(MONITOR),
        environment(MONITOR),
        words(MONITOR, "create", "monitor", "--no-ssl", "--skip-pg-hba"));
    configure(MONITOR);
    keep(MONITOR);
    DebianNodes.until("the monitor answers", () -> says(MONITOR, DATABASE, "SELECT true"));
    nodes.execute(
        MONITOR,
        port(MONITOR),
        DATABASE,
        "CREATE ROLE dbuser_monitor LOGIN IN ROLE pg_monitor",
        "GRANT USAGE ON SCHEMA pgautofailover TO dbuser_monitor",
        "GRANT SELECT ON pgautofailover.node TO dbuser_monitor");
    for (int node : NODES) {
      nodes.run(
          name(node),
          environment(node),
          words(
              node,
              "create",
              "postgres",
              "--no-ssl",
              "--skip-pg-hba",
              "--listen",
              address(node),
              "--name",
              "pg-test-" + node,
              "--monitor",
              "postgres://autoctl_node@%s/%s".formatted(monitor(), DATABASE)));
      if (node == 1) {
        configure(node);
      }
      keep(node);
      DebianNodes.until(
          () -> "the server of node %d answers; %s".formatted(node, nodes.lastLines(name(node))),
          () -> says(node, "postgres", "SELECT true"));
      if (node == 1) {
        nodes.execute(
            node, port(node), "postgres", "CREATE ROLE dbuser_monitor LOGIN IN ROLE pg_monitor");
      }
    }
    DebianNodes.until(
        "the second one is a secondary",
        () ->
            says(
                MONITOR,
                DATABASE,
                "SELECT array_agg(reportedstate::text ORDER BY nodeid) = '{primary,secondary}'"
                    + " FROM pgautofailover.node"));
  }

  /** Its own settings take half of the memory, and its rules know no loopback address. */
  private void configure(int node) throws IOException {
    Files.writeString(
        nodes.data(name(node)).resolve("postgresql.conf"),
        """
        fsync = off
        max_wal_size = 64MB
        min_wal_size = 32MB
        wal_keep_size = 64MB
        shared_buffers = 16MB
        dynamic_shared_memory_type = mmap
        """,
        StandardOpenOption.APPEND);
    Files.writeString(
        nodes.data(name(node)).resolve("pg_hba.conf"),
        "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n",
        StandardOpenOption.APPEND);
  }

  private boolean says(int node, String database, String query) {
    return nodes.says(node, port(node), database, query);
  }

  private List<String> words(int node, String... command) {
    var words = new ArrayList<String>();
    words.add(DebianPrograms.find(PROGRAM).orElseThrow().toString());
    words.addAll(List.of(command));
    words.addAll(List.of("--pgdata", nodes.data(name(node)).toString()));
    if (command[0].equals("create")) {
      words.addAll(
          List.of(
              "--pgport",
              Integer.toString(port(node)),
              "--pgctl",
              binaries.resolve("pg_ctl").toString(),
              "--hostname",
              address(node)));
    }
    return words;
  }

  private Map<String, String> environment(int node) {
    var home = nodes.data("home-" + node).toString();
    return Map.of(
        "HOME", home,
        "XDG_RUNTIME_DIR", home,
        "XDG_CONFIG_HOME", home,
        "XDG_DATA_HOME", home);
  }

  private int port(int node) {
    return node == MONITOR ? FIRST_MONITOR_PORT + nodes.block() : FIRST_PORT + node;
  }

  private String address(int node) {
    return nodes.address(node);
  }

  private static String name(int node) {
    return "pg-" + node;
  }

  /** A keeper that is told to end removes its semaphores. */
  @Override
  public void close() {
    keepers.values().forEach(Process::destroy);
    try {
      for (var keeper : keepers.values()) {
        keeper.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } finally {
      nodes.close();
    }
  }
}
