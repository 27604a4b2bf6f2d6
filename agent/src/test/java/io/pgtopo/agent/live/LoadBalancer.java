package io.pgtopo.agent.live;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's HAProxy on one node, with the services of a cluster as Pigsty renders them, but for
 * shorter checks; gone when it is closed.
 */
final class LoadBalancer implements AutoCloseable {
  /** Pigsty's port of its exporter and its statistics. */
  static final int STATISTICS = 9101;

  private final String address;
  private final int checkPort;
  private final Path directory;
  private Process process;

  private LoadBalancer(String address, int checkPort, Path directory, Process process) {
    this.address = address;
    this.checkPort = checkPort;
    this.directory = directory;
    this.process = process;
  }

  static boolean isInstalled() {
    return DebianPrograms.find("haproxy").isPresent();
  }

  /**
   * Starts one.
   *
   * @param checkPort of Patroni on the nodes of the servers
   */
  static LoadBalancer start(String address, int checkPort, Cluster cluster) {
    try {
      var directory = Files.createTempDirectory(DebianPrograms.base(), "pgtopo-haproxy");
      return new LoadBalancer(
          address, checkPort, directory, launch(directory, address, checkPort, cluster));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Process launch(Path directory, String address, int checkPort, Cluster cluster)
      throws IOException {
    var file = directory.resolve("haproxy.cfg");
    Files.writeString(file, configuration(address, checkPort, cluster));
    return new ProcessBuilder(
            DebianPrograms.find("haproxy").orElseThrow().toString(), "-db", "-f", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  /** Renders the services of a cluster again, and loads them. */
  void render(Cluster cluster) {
    stop();
    try {
      process = launch(directory, address, checkPort, cluster);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  void stop() {
    DebianPrograms.end(process.toHandle());
  }

  private static String configuration(String address, int checkPort, Cluster cluster) {
    var text =
        new StringBuilder(
            """
            defaults
                mode tcp
                timeout connect 1s
                timeout check 3s
                timeout client 30s
                timeout server 30s
            """);
    text.append(
        """
        listen stats
            bind %s:%d
            mode http
            http-request use-service prometheus-exporter if { path /metrics }
            stats enable
            stats uri /haproxy/
            stats auth haproxy:haproxy
        """
            .formatted(address, STATISTICS));
    for (var service : cluster.services()) {
      text.append(
          """
          listen %s
              bind %s:%d
              balance roundrobin
              option httpchk
              http-check send meth OPTIONS uri %s
              http-check expect status 200
              default-server inter 200ms fastinter 100ms fall 2 rise 1 on-marked-down shutdown-sessions
          """
              .formatted(
                  service.fullName(cluster.name()),
                  address,
                  service.listen().port(),
                  service.definition().check()));
      service.members().forEach(server -> text.append(line(server, checkPort, "")));
      service.backups().forEach(server -> text.append(line(server, checkPort, " backup")));
    }
    return text.toString();
  }

  private static String line(Service.Server server, int checkPort, String use) {
    return "    server %s %s check port %d weight %d%s%n"
        .formatted(server.instance(), server.endpoint(), checkPort, server.weight(), use);
  }

  @Override
  public void close() {
    stop();
    try {
      for (var file : List.of("haproxy.cfg", "log", "")) {
        Files.deleteIfExists(directory.resolve(file));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
