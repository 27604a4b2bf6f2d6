package io.pgtopo.exporter.text;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.view.ClusterReport;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.InstanceReport;
import io.pgtopo.exporter.view.LinkReport;
import io.pgtopo.exporter.view.LinkReport.EndReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A cluster as servers and the links between them, for formats that place them by themselves.
 *
 * @param servers in order of their names as they are declared, then the others
 */
record TreeGraph(String cluster, List<GraphServer> servers, List<GraphLink> links) {

  /** What a server is to the cluster, as far as it is drawn in another way. */
  enum Kind {
    PRIMARY,
    REPLICA,
    UNKNOWN,
    SILENT,
    UNDECLARED,
    OTHER_CLUSTER
  }

  /** Who reports a link. */
  enum Proof {
    BOTH_ENDS,
    ONE_END,
    DECLARED_ONLY
  }

  /**
   * A server.
   *
   * @param lines below its name
   */
  record GraphServer(String name, Kind kind, List<String> lines) {}

  /**
   * A link, from upstream to downstream.
   *
   * @param from the number of a server
   * @param to the number of a server
   */
  record GraphLink(int from, int to, Proof proof, String label, boolean isBroken) {}

  /** Every cluster of a snapshot. */
  static List<TreeGraph> of(SnapshotReport snapshot) {
    var open = snapshot.drift().shown();
    return snapshot.topology().clusters().stream()
        .map(it -> new Drawing(it, open.getOrDefault(it.summary().name(), List.of())).graph())
        .toList();
  }

  /** Servers are found by address, and by name where no end reports one. */
  private static final class Drawing {
    private final ClusterReport cluster;
    private final List<DriftEntry> open;
    private final List<GraphServer> servers = new ArrayList<>();
    private final List<GraphLink> links = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    Drawing(ClusterReport cluster, List<DriftEntry> open) {
      this.cluster = cluster;
      this.open = open;
    }

    TreeGraph graph() {
      cluster.instances().forEach(it -> add(it.name(), it.address(), member(it)));
      cluster
          .undeclared()
          .forEach(
              it ->
                  add(
                      it.name(),
                      it.address().orElse(it.name()),
                      server(
                          it.name(),
                          Kind.UNDECLARED,
                          List.of("undeclared, " + it.role()),
                          Optional.of(it.name()))));
      var received = new HashSet<Integer>();
      for (var link : cluster.links()) {
        var to = end(link.downstream(), link.downstreamEnd());
        received.add(to);
        links.add(live(link, end(link.upstream(), link.upstreamEnd()), to));
      }
      cluster.instances().forEach(it -> declared(it, received));
      return new TreeGraph(cluster.summary().name(), List.copyOf(servers), List.copyOf(links));
    }

    private void add(String name, String address, GraphServer server) {
      numbers.put(address, servers.size());
      numbers.putIfAbsent(name, servers.size());
      servers.add(server);
    }

    private GraphServer member(InstanceReport it) {
      var lines = new ArrayList<String>();
      lines.add(it.address());
      it.failure().ifPresent(failure -> lines.add("does not answer: " + failure.kind()));
      it.timeline().ifPresent(timeline -> lines.add(it.role() + ", timeline " + timeline.id()));
      return server(it.name(), kind(it), lines, Optional.of(it.name()));
    }

    private GraphServer server(
        String name, Kind kind, List<String> lines, Optional<String> instance) {
      var all = new ArrayList<>(lines);
      open.stream()
          .filter(drift -> drift.ins().equals(instance))
          .map(drift -> drift.severity() + ": " + drift.topic())
          .forEach(all::add);
      return new GraphServer(Printable.of(name), kind, all.stream().map(Printable::of).toList());
    }

    private static Kind kind(InstanceReport it) {
      if (!it.reachable()) {
        return Kind.SILENT;
      }
      if (it.role().equals(LiveRole.PRIMARY.label())) {
        return Kind.PRIMARY;
      }
      return it.role().equals(LiveRole.REPLICA.label()) ? Kind.REPLICA : Kind.UNKNOWN;
    }

    private int end(String name, Optional<EndReport> end) {
      var address = end.flatMap(EndReport::address);
      var isIdentified = end.filter(it -> it.kind().equals("unidentified")).isEmpty();
      var known = isIdentified ? address.map(numbers::get) : Optional.<Integer>empty();
      return known
          .or(() -> Optional.ofNullable(numbers.get(name)))
          .orElseGet(
              () -> {
                var other = end.filter(it -> it.kind().equals("other_cluster")).isPresent();
                add(
                    name,
                    isIdentified ? address.orElse(name) : name,
                    server(
                        name,
                        other ? Kind.OTHER_CLUSTER : Kind.UNDECLARED,
                        List.of(other ? "another cluster" : "unidentified"),
                        Optional.empty()));
                return servers.size() - 1;
              });
    }

    private static GraphLink live(LinkReport link, int from, int to) {
      var isBoth = link.grade().equals(ReplicationLink.Grade.BOTH_ENDS.label());
      var isBroken = link.streaming().filter(it -> !it).isPresent();
      var label = new StringBuilder(isBoth ? "both ends" : "one end");
      link.syncState().ifPresent(it -> label.append(", ").append(it));
      link.replayLagBytes().ifPresent(it -> label.append(", lag ").append(ByteCount.text(it)));
      if (isBroken) {
        label.append(", not streaming");
      }
      return new GraphLink(
          from, to, isBoth ? Proof.BOTH_ENDS : Proof.ONE_END, label.toString(), isBroken);
    }

    /** What is declared and not seen, of members that no link leads to. */
    private void declared(InstanceReport it, Set<Integer> received) {
      var to = numbers.get(it.address());
      var leader =
          cluster.instances().stream()
              .filter(other -> other.declaredRole().equals(Optional.of("primary")))
              .map(InstanceReport::name)
              .findFirst();
      var declared =
          it.declaredUpstream().equals("cluster leader")
              ? leader
              : Optional.of(it.declaredUpstream());
      var from = declared.map(numbers::get);
      if (to != null
          && from.isPresent()
          && !from.get().equals(to)
          && !received.contains(to)
          && !it.role().equals(LiveRole.PRIMARY.label())) {
        links.add(new GraphLink(from.get(), to, Proof.DECLARED_ONLY, "declared only", false));
      }
    }
  }
}
