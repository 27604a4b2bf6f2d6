package io.pgtopo.agent.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Loopback addresses and a directory for programs of Debian's packages, which run as a user who is
 * not root; all gone when it is closed or the JVM ends, be it by SIGKILL.
 */
final class DebianNodes implements AutoCloseable {
  private static final Duration PATIENCE = MachineLoad.allowed(Duration.ofSeconds(60));
  private static final int LOCK_NODE = 254;
  private static final int LOCK_PORT = 15431;
  private static final int LAST_BLOCK = 254;

  private final String prefix;
  private final int block;
  private final ServerSocket lock;
  private final Path directory;
  private final Process reaper;

  private DebianNodes(String name, String prefix, int block, ServerSocket lock) throws IOException {
    this.prefix = prefix;
    this.block = block;
    this.lock = lock;
    this.directory =
        DebianPrograms.base()
            .resolve("pgtopo-" + name + "-" + block + "-" + ProcessHandle.current().pid());
    this.reaper = DebianPrograms.reaper(directory);
  }

  /**
   * Takes a block of addresses that nobody else has.
   *
   * @param network the first two numbers of its addresses, such as {@code 127.78}
   */
  static DebianNodes claim(String name, String network) {
    try {
      for (int block = 1; block <= LAST_BLOCK; block++) {
        var prefix = network + "." + block + ".";
        var lock = lock(prefix);
        if (lock.isPresent()) {
          return new DebianNodes(name, prefix, block, lock.get());
        }
      }
      throw new AssertionError("no block %s.b.0/24 is free".formatted(network));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Optional<ServerSocket> lock(String prefix) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByName(prefix + LOCK_NODE), LOCK_PORT), 1);
      return Optional.of(socket);
    } catch (IOException taken) {
      socket.close();
      return Optional.empty();
    }
  }

  /** Different for all that run at the same time. */
  int block() {
    return block;
  }

  /** Starts what runs on them. */
  interface Launch {
    void run() throws IOException;
  }

  /** Launches a cluster, or closes it if that fails. */
  static void launchOrClose(Launch launch, Runnable close) {
    try {
      launch.run();
    } catch (IOException failed) {
      close.run();
      throw new UncheckedIOException(failed);
    } catch (RuntimeException | AssertionError failed) {
      close.run();
      throw failed;
    }
  }

  /** Of {@code pg-test}, as a user of Pigsty would have declared it; the first is primary. */
  String inventory(List<Integer> members, int port) {
    var hosts = new StringBuilder();
    members.forEach(
        node ->
            hosts.append(
                "        %s: { pg_seq: %d, pg_role: %s, pg_port: %d }%n"
                    .formatted(address(node), node, node == 1 ? "primary" : "replica", port)));
    return "all:\n  children:\n    pg-test:\n      hosts:\n%s      vars: { pg_cluster: pg-test }\n"
        .formatted(hosts);
  }

  String address(int node) {
    return prefix + node;
  }

  /** The directory of data, which the user owns. */
  Path data(String name) {
    return directory.resolve("data").resolve(name);
  }

  /** Where sockets may be, whose names must be short; the user owns it. */
  Path socket(int node) {
    return directory.resolve("socket/" + node);
  }

  /** Makes directories, of data and for sockets of nodes, and gives them to the user. */
  void make(List<String> data, List<Integer> sockets) throws IOException {
    for (var made :
        Stream.concat(data.stream().map(this::data), sockets.stream().map(this::socket)).toList()) {
      Files.createDirectories(made);
    }
    for (var part : List.of("data", "socket")) {
      DebianPrograms.run(
          List.of("chown", "-R", DebianPrograms.user(), directory.resolve(part).toString()));
    }
  }

  /** Starts a program as the user, with what it says in a log of this name. */
  Process launch(String log, Map<String, String> environment, List<String> words) {
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
      builder.environment().keySet().removeIf(it -> it.matches("(PG|ETCD|XDG_).*"));
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().put("HOME", directory.resolve("data").toString());
      builder.environment().putAll(environment);
      return builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log(log).toFile()))
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Runs a program as the user until it ends well. */
  void run(String log, Map<String, String> environment, List<String> words) {
    try {
      var process = launch(log, environment, words);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError("failed: %s%n%s".formatted(words, lastLines(log)));
      }
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  String lastLines(String log) {
    try (var lines = Files.lines(log(log))) {
      var all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path log(String name) {
    return directory.resolve("log").resolve(name + ".log");
  }

  /** The postmaster of a data directory, if its server was not stopped. */
  Optional<ProcessHandle> postmaster(String data) {
    try (var lines = Files.lines(data(data).resolve("postmaster.pid"))) {
      return lines.findFirst().flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Executes statements as {@code postgres}. */
  void execute(int node, int port, String database, String... statements) {
    var url = "jdbc:postgresql://%s:%d/%s".formatted(address(node), port, database);
    try (var connection = DriverManager.getConnection(url, "postgres", "");
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(String.join("; ", statements) + " on node " + node, failed);
    }
  }

  /** Whether a query of one boolean says so; false if there is no answer. */
  boolean says(int node, int port, String database, String query) {
    var url = "jdbc:postgresql://%s:%d/%s".formatted(address(node), port, database);
    try (var connection = DriverManager.getConnection(url, "postgres", "");
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      return result.next() && result.getBoolean(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  static void until(Supplier<String> what, BooleanSupplier condition) {
    var end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within " + PATIENCE + ": " + what.get());
      }
      Thread.onSpinWait();
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
    }
  }
}
