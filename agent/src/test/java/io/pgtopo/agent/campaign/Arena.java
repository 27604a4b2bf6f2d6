package io.pgtopo.agent.campaign;

import io.pgtopo.lab.LabCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One cluster of a campaign: its servers, what is declared of it, and what is known by design. */
final class Arena {
  final LabCluster cluster;
  final Traits traits;
  final List<StagedServer> servers;

  /** Servers that no inventory declares. */
  final List<StagedServer> strangers = new CopyOnWriteArrayList<>();

  private final long systemId;
  private final Optional<Path> spare;
  final Chronicle chronicle;
  private volatile List<Line> declared;
  private volatile List<Line> adopted;

  /** Whether WAL histories may have parted since all servers last followed one primary. */
  private volatile boolean isParted;

  /**
   * What the seed chose.
   *
   * @param login of the agent
   * @param synchronous how many of the replicas commits wait for; 0 for none
   * @param writes whether the writer's commits wait for them
   * @param silence how long a link may be silent before its ends give it up, in seconds
   */
  record Traits(
      String name,
      int major,
      String shape,
      String login,
      int synchronous,
      boolean writes,
      int silence,
      int statusInterval,
      boolean archives,
      boolean hasNamespaces,
      List<String> parameters) {
    Traits {
      parameters = List.copyOf(parameters);
    }

    boolean isMonitor() {
      return !login.equals("plain");
    }
  }

  /** What is declared of one member. */
  record Line(
      String name,
      int seq,
      String host,
      int port,
      boolean isPrimary,
      Optional<String> upstream,
      Optional<String> delay) {

    String address() {
      return host + ":" + port;
    }

    Line at(Line other) {
      return new Line(name, seq, other.host, other.port, isPrimary, upstream, delay);
    }

    Line primary(boolean is) {
      return new Line(name, seq, host, port, is, is ? Optional.empty() : upstream, delay);
    }
  }

  /**
   * A cluster that runs.
   *
   * @param spare the data directory of a server with another system identifier, which does not run
   */
  Arena(
      LabCluster cluster,
      Traits traits,
      List<StagedServer> servers,
      List<Line> declared,
      Optional<Path> spare) {
    this.spare = spare;
    this.systemId = Measuring.of(servers.getFirst().instance.dataDirectory()).systemId();
    this.cluster = cluster;
    this.traits = traits;
    this.chronicle = new Chronicle(traits.name());
    this.servers = List.copyOf(servers);
    this.declared = List.copyOf(declared);
    this.adopted = this.declared;
  }

  String name() {
    return traits.name();
  }

  List<Line> declared() {
    return declared;
  }

  void declare(List<Line> lines) {
    declared = List.copyOf(lines);
  }

  long systemId() {
    return systemId;
  }

  Optional<Path> spare() {
    return spare;
  }

  /** What the agent compares with: it takes a new declaration at the beginning of a cycle. */
  List<Line> adopted() {
    return adopted;
  }

  void adopt() {
    adopted = declared;
  }

  boolean isParted() {
    return isParted;
  }

  void parted(boolean is) {
    isParted = is;
  }

  StagedServer server(String name) {
    return servers.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  /** The server at an address, if it is one of this cluster's. */
  Optional<StagedServer> at(String address) {
    return java.util.stream.Stream.concat(servers.stream(), strangers.stream())
        .filter(it -> it.address().equals(address))
        .findFirst();
  }

  /** Its part of a Pigsty inventory. */
  String inventory() {
    var text = new StringBuilder("    %s:%n      hosts:%n".formatted(name()));
    for (var line : adopted) {
      text.append(
          "        %s: { pg_seq: %d, pg_role: %s%s%s }%n"
              .formatted(
                  line.host(),
                  line.seq(),
                  line.isPrimary() ? "primary" : "replica",
                  line.upstream().map(it -> ", pg_upstream: " + adopted(it).host()).orElse(""),
                  line.delay().map(it -> ", pg_delay: " + it).orElse("")));
    }
    return text.append(
            "      vars: { pg_cluster: %s, pg_port: %d }%n"
                .formatted(name(), adopted.getFirst().port()))
        .toString();
  }

  private Line adopted(String name) {
    return adopted.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  Line line(String name) {
    return declared.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }
}
