package io.pgtopo.exporter.text;

import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.view.ClusterReport;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.InstanceReport;
import io.pgtopo.exporter.view.LinkReport;
import io.pgtopo.exporter.view.LinkReport.EndReport;
import io.pgtopo.exporter.view.SideReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster as servers and the links between them, for formats that draw them.
 *
 * @param marks about the whole cluster
 * @param servers in order of their names as they are declared, then the others
 */
record TreeGraph(
    String cluster, List<Mark> marks, List<GraphServer> servers, List<GraphLink> links) {

  /** What a server is to the cluster, as far as it is drawn in another way. */
  enum Kind {
    PRIMARY,
    REPLICA,
    UNKNOWN,
    SILENT,
    UNDECLARED,
    OTHER_CLUSTER,
    /** It is no server: it receives changes from a logical slot. */
    CONSUMER
  }

  /** What goes through a link. */
  enum Nature {
    PHYSICAL,
    LOGICAL
  }

  /** Who reports a link. */
  enum Proof {
    BOTH_ENDS,
    ONE_END,
    DECLARED_ONLY
  }

  /**
   * Something that is open.
   *
   * @param severity its label
   * @param text in one line, with the severity
   */
  record Mark(String severity, String text) {
    private static Mark of(DriftEntry drift) {
      var word =
          drift.isFlapping()
              ? "flapping"
              : drift.accepted().map(DriftEntry.Accepted::standing).orElse(drift.severity());
      return new Mark(drift.severity(), Printable.of(word + ": " + drift.topic()));
    }

    /** Those that read alike are one, with their number. */
    private static List<Mark> of(Stream<DriftEntry> drifts) {
      var numbers =
          drifts
              .map(Mark::of)
              .collect(Collectors.groupingBy(it -> it, LinkedHashMap::new, Collectors.counting()));
      return numbers.entrySet().stream()
          .map(
              it ->
                  it.getValue() == 1
                      ? it.getKey()
                      : new Mark(
                          it.getKey().severity(),
                          "%s (%d)".formatted(it.getKey().text(), it.getValue())))
          .toList();
    }
  }

  /**
   * A server.
   *
   * @param lines below its name
   * @param marks below the lines
   * @param isRival whether it is one of several primaries
   */
  record GraphServer(
      String name, Kind kind, List<String> lines, List<Mark> marks, boolean isRival) {

    /** All of it, line by line. */
    List<String> text() {
      return Stream.of(Stream.of(name), lines.stream(), marks.stream().map(Mark::text))
          .flatMap(it -> it)
          .toList();
    }
  }

  /**
   * A link, from upstream to downstream.
   *
   * @param from the number of a server
   * @param to the number of a server
   */
  record GraphLink(int from, int to, Nature nature, Proof proof, String label, boolean isBroken) {}

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
      for (var it : cluster.undeclared()) {
        var address = it.address().orElse(it.name());
        var lines =
            List.of(
                "undeclared, "
                    + (it.role().equals(LiveRole.UNKNOWN.label()) ? "role unknown" : it.role()));
        add(it.name(), address, server(it.name(), address, Kind.UNDECLARED, lines));
      }
      var received = new HashSet<Integer>();
      for (var link : cluster.links()) {
        var to = end(link.downstream(), link.downstreamEnd());
        received.add(to);
        links.add(live(link, end(link.upstream(), link.upstreamEnd()), to));
      }
      cluster.instances().forEach(it -> declared(it, received));
      LogicalEdge.of(cluster.logicalLinks()).forEach(this::logical);
      return new TreeGraph(
          Printable.of(cluster.summary().name()),
          Stream.concat(
                  Mark.of(open.stream().filter(it -> it.ins().isEmpty())).stream(),
                  open.stream().flatMap(it -> fork(it.sides()).stream()))
              .toList(),
          List.copyOf(servers),
          List.copyOf(links));
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
      it.timeline()
          .map(timeline -> timeline.known("at least ").orElse("unknown"))
          .ifPresent(timeline -> lines.add(it.role() + ", timeline " + timeline));
      lines.addAll(LogicalEdge.looseEnds(it.name(), cluster.logicalLinks()));
      return server(it.name(), it.address(), kind(it), lines);
    }

    private GraphServer server(String name, String address, Kind kind, List<String> lines) {
      var rivals = open.stream().flatMap(it -> it.sides().stream()).toList();
      var rival = rivals.stream().filter(it -> it.address().equals(address)).findFirst();
      var drifts = Mark.of(open.stream().filter(it -> it.ins().equals(Optional.of(name))));
      return new GraphServer(
          Printable.of(name),
          kind,
          lines.stream().map(Printable::of).toList(),
          Stream.concat(rival.map(it -> mark(it, rivals.size())).stream(), drifts.stream())
              .toList(),
          rival.isPresent());
    }

    /** Where the newest of several primaries left the others. */
    private static Optional<Mark> fork(List<SideReport> rivals) {
      var twin = Optional.of(CompetingPrimary.Relation.TWIN.label());
      return rivals.stream()
          .filter(it -> it.relation().isEmpty())
          .findFirst()
          .flatMap(
              newest ->
                  rivals.stream().anyMatch(it -> it.relation().equals(twin))
                      ? Optional.of("several write timeline " + newest.timeline())
                      : newest
                          .promotedAt()
                          .map(at -> "timeline %d began at %s".formatted(newest.timeline(), at)))
          .map(text -> new Mark(Severity.CRITICAL.label(), text));
    }

    private static Mark mark(SideReport rival, int rivals) {
      return new Mark(
          Severity.CRITICAL.label(),
          "one of %d primaries%s".formatted(rivals, rival.favoured() ? ": keep" : ""));
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
                    new GraphServer(
                        Printable.of(name),
                        other ? Kind.OTHER_CLUSTER : Kind.UNDECLARED,
                        List.of(other ? "another cluster" : "unidentified"),
                        List.of(),
                        false));
                return servers.size() - 1;
              });
    }

    private void logical(LogicalEdge edge) {
      links.add(
          new GraphLink(
              end(edge.from()), end(edge.to()), Nature.LOGICAL, edge.proof(), edge.label(), false));
    }

    private int end(LogicalEdge.End end) {
      var known = numbers.get(end.name());
      if (known != null) {
        return known;
      }
      add(
          end.name(),
          end.name(),
          new GraphServer(
              Printable.of(end.name()), end.kind(), List.of(end.description()), List.of(), false));
      return servers.size() - 1;
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
          from,
          to,
          Nature.PHYSICAL,
          isBoth ? Proof.BOTH_ENDS : Proof.ONE_END,
          label.toString(),
          isBroken);
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
        links.add(
            new GraphLink(
                from.get(), to, Nature.PHYSICAL, Proof.DECLARED_ONLY, "declared only", false));
      }
    }
  }
}
