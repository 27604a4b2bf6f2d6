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

/**
 * Three nodes under repmgr, with a repmgrd on each that fails over, from the system's packages,
 * each on a loopback address of its own; all gone when it is closed.
 */
final class RepmgrCluster implements AutoCloseable {
  static final List<Integer> NODES = List.of(1, 2, 3);
  static final int PORT = 15432;
  private static final String DATABASE = "repmgr";
  private static final String LIBRARY = "repmgr.so";

  private final DebianNodes nodes;
  private final Path binaries;
  private final Map<Integer, Process> daemons = new TreeMap<>();

  private RepmgrCluster(DebianNodes nodes, Path binaries) {
    this.nodes = nodes;
    this.binaries = binaries;
  }

  /** Whether the packages are there. */
  static boolean isInstalled() {
    return DebianPrograms.find("setpriv").isPresent()
        && DebianPrograms.serverBinaries(LIBRARY)
            .filter(bin -> Files.isExecutable(bin.resolve("repmgrd")))
            .isPresent();
  }

  /** Starts and registers all; {@code pg-test-1} is primary. */
  static RepmgrCluster start() {
    var cluster =
        new RepmgrCluster(
            DebianNodes.claim("repmgr", "127.79"),
            DebianPrograms.serverBinaries(LIBRARY).orElseThrow());
    DebianNodes.launchOrClose(cluster::launchAll, cluster::close);
    return cluster;
  }

  String inventory() {
    return nodes.inventory(NODES, PORT);
  }

  String address(int node) {
    return nodes.address(node);
  }

  /** Promotes a server as somebody would who does not know of repmgr. */
  void promoteByHand(int node) {
    nodes.execute(node, PORT, "postgres", "SELECT pg_promote()");
  }

  /** Kills a node's repmgrd and its server. */
  void kill(int node) {
    DebianPrograms.end(Objects.requireNonNull(daemons.remove(node)).toHandle());
    DebianPrograms.end(nodes.postmaster(name(node)).orElseThrow());
  }

  /** Starts a node's server as it was when it ended, and no repmgrd. */
  void startByHand(int node) {
    nodes.run(name(node), Map.of(), words(startCommand(node)));
  }

  /** Makes a standby of a server that has been promoted, or was left behind, with repmgr. */
  void rejoin(int node, int leader) {
    nodes.run(
        name(node),
        Map.of(),
        List.of(program("pg_ctl"), "-D", data(node), "-w", "-m", "fast", "stop"));
    repmgr(node, "node", "rejoin", "-d", conninfo(leader), "--force-rewind");
  }

  /** Whether the table on a node has a member as the primary. */
  boolean names(int node, int primary) {
    return nodes.says(
        node,
        PORT,
        DATABASE,
        "SELECT type = 'primary' AND active FROM repmgr.nodes WHERE node_id = " + primary);
  }

  private void launchAll() throws IOException {
    nodes.make(List.of(), NODES);
    for (int node : NODES) {
      Files.writeString(configuration(node), configurationText(node));
    }
    nodes.run(
        name(1),
        Map.of(),
        List.of(
            program("initdb"),
            "-D",
            data(1),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
            "--locale=C"));
    Files.writeString(
        nodes.data(name(1)).resolve("postgresql.conf"),
        """
        shared_preload_libraries = repmgr
        fsync = off
        wal_log_hints = on
        wal_keep_size = 64MB
        max_wal_size = 64MB
        min_wal_size = 32MB
        shared_buffers = 16MB
        dynamic_shared_memory_type = mmap
        """,
        StandardOpenOption.APPEND);
    Files.writeString(
        nodes.data(name(1)).resolve("pg_hba.conf"),
        "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n",
        StandardOpenOption.APPEND);
    startByHand(1);
    nodes.execute(
        1,
        PORT,
        "postgres",
        "CREATE ROLE repmgr SUPERUSER LOGIN",
        "CREATE DATABASE repmgr OWNER repmgr",
        "CREATE ROLE dbuser_monitor LOGIN IN ROLE pg_monitor");
    repmgr(1, "primary", "register");
    nodes.execute(
        1,
        PORT,
        DATABASE,
        "GRANT USAGE ON SCHEMA repmgr TO dbuser_monitor",
        "GRANT SELECT ON repmgr.nodes TO dbuser_monitor");
    for (int standby : List.of(2, 3)) {
      repmgr(
          standby,
          "-h",
          address(1),
          "-p",
          Integer.toString(PORT),
          "-U",
          "repmgr",
          "-d",
          DATABASE,
          "standby",
          "clone",
          "--fast-checkpoint");
      startByHand(standby);
      repmgr(standby, "standby", "register", "--upstream-node-id=1");
    }
    NODES.forEach(this::watch);
  }

  /** Starts a node's repmgrd. */
  private void watch(int node) {
    daemons.put(
        node,
        nodes.launch(
            "repmgrd-" + node,
            Map.of(),
            List.of(
                program("repmgrd"), "-f", configuration(node).toString(), "--daemonize=false")));
  }

  private void repmgr(int node, String... words) {
    var command =
        new ArrayList<String>(List.of(program("repmgr"), "-f", configuration(node).toString()));
    command.addAll(List.of(words));
    nodes.run(name(node), Map.of(), command);
  }

  /** The third one is never promoted, so that it is known which one is. */
  private String configurationText(int node) {
    var file = configuration(node);
    return """
    node_id=%1$d
    node_name='pg-test-%1$d'
    conninfo='%2$s'
    data_directory='%3$s'
    pg_bindir='%4$s'
    priority=%5$d
    failover=automatic
    promote_command='%4$s/repmgr standby promote -f %6$s'
    follow_command='%4$s/repmgr standby follow -f %6$s --upstream-node-id=%%n'
    reconnect_attempts=2
    reconnect_interval=1
    monitor_interval_secs=1
    service_start_command='%7$s'
    service_stop_command='%4$s/pg_ctl -D %3$s -w -m fast stop'
    service_restart_command='%4$s/pg_ctl -D %3$s -w -m fast restart'
    service_reload_command='%4$s/pg_ctl -D %3$s reload'
    repmgrd_pid_file='%6$s.pid'
    """
        .formatted(
            node,
            conninfo(node),
            data(node),
            binaries,
            node == 3 ? 0 : 100,
            file,
            startCommand(node));
  }

  private String startCommand(int node) {
    return "%s -D %s -w -l %s.log -o \"-h %s -p %d -k %s\" start"
        .formatted(
            program("pg_ctl"), data(node), data(node), address(node), PORT, nodes.socket(node));
  }

  private static List<String> words(String command) {
    return List.of("sh", "-c", command);
  }

  private String conninfo(int node) {
    return "host=%s port=%d user=repmgr dbname=%s connect_timeout=2"
        .formatted(address(node), PORT, DATABASE);
  }

  private String program(String name) {
    return binaries.resolve(name).toString();
  }

  private static String name(int node) {
    return "pg-" + node;
  }

  private String data(int node) {
    return nodes.data(name(node)).toString();
  }

  private Path configuration(int node) {
    return nodes.data("repmgr-" + node + ".conf");
  }

  @Override
  public void close() {
    nodes.close();
  }
}
