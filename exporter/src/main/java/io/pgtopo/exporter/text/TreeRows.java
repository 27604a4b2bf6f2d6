package io.pgtopo.exporter.text;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.text.TreeRow.Cell;
import io.pgtopo.exporter.text.TreeRow.Column;
import io.pgtopo.exporter.text.TreeRow.Placing;
import io.pgtopo.exporter.view.ClusterReport;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.InstanceReport;
import io.pgtopo.exporter.view.InstanceReport.PositionReport;
import io.pgtopo.exporter.view.InstanceReport.TimelineReport;
import io.pgtopo.exporter.view.LinkReport;
import io.pgtopo.exporter.view.LinkReport.EndKind;
import io.pgtopo.exporter.view.LinkReport.EndReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The servers of a cluster as rows, each below the one that it receives WAL from: primaries first,
 * then other servers with downstreams, then members without a link; each group by name. Links that
 * form a circle are cut where they meet themselves.
 */
final class TreeRows {
  /** What a standby is by default, in the words of pg_stat_replication. */
  private static final String ASYNC = "async";

  private static final Comparator<TreeServer> BY_NAME =
      Comparator.comparing((TreeServer node) -> node.is(EndKind.UNIDENTIFIED))
          .thenComparing(TreeServer::name)
          .thenComparing(TreeServer::address);

  /**
   * A server in the tree.
   *
   * @param address empty where no end reports it
   * @param announced the application name of an unidentified one
   */
  private record TreeServer(String name, String address, String kind, String announced) {
    static TreeServer of(String name, String address, EndKind kind) {
      return new TreeServer(name, address, kind.label(), "");
    }

    /** As drifts call it: those of one name and host are several. */
    TreeServer numbered(int place) {
      return place == 1 ? this : new TreeServer(name + " #" + place, address, kind, announced);
    }

    boolean is(EndKind other) {
      return kind.equals(other.label());
    }
  }

  /** What a server of the cluster reports, declared or not. */
  private record ReportedState(
      Optional<String> alias,
      String role,
      Optional<TimelineReport> timeline,
      Optional<PositionReport> position,
      Optional<String> version,
      List<String> services) {
    static final ReportedState UNKNOWN =
        new ReportedState(
            Optional.empty(),
            LiveRole.UNKNOWN.label(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());

    static ReportedState of(InstanceReport it) {
      return new ReportedState(
          it.alias(), it.role(), it.timeline(), it.lsn(), it.version(), it.services());
    }
  }

  private final Style style;

  /** The servers of the cluster, by address and by name. */
  private final Map<String, TreeServer> known = new HashMap<>();

  private final Map<TreeServer, ReportedState> servers = new HashMap<>();
  private final Map<TreeServer, List<LinkReport>> links = new HashMap<>();
  private final Set<TreeServer> downstreams = new HashSet<>();
  private final Set<TreeServer> placed = new HashSet<>();

  /** How many look the same so far. */
  private final Map<TreeServer, Integer> unidentified = new HashMap<>();

  private final List<TreeRow> rows = new ArrayList<>();

  private TreeRows(ClusterReport cluster, Style style) {
    this.style = style;
    for (var it : cluster.instances()) {
      add(TreeServer.of(it.name(), it.address(), EndKind.MEMBER), ReportedState.of(it));
    }
    for (var it : cluster.undeclared()) {
      if (it.reachable()) {
        add(
            TreeServer.of(it.name(), it.address().orElse(it.name()), EndKind.UNDECLARED),
            new ReportedState(
                Optional.empty(), it.role(), it.timeline(), it.lsn(), it.version(), List.of()));
      }
    }
    for (var link : cluster.links()) {
      links
          .computeIfAbsent(node(link.upstream(), link.upstreamEnd()), up -> new ArrayList<>())
          .add(link);
      downstreams.add(node(link.downstream(), link.downstreamEnd()));
    }
  }

  /**
   * The rows of a cluster.
   *
   * @param all the clusters that are shown: a server of another one may be an upstream here
   */
  static List<TreeRow> of(ClusterReport cluster, List<ClusterReport> all, Style style) {
    var rows = new TreeRows(cluster, style);
    all.stream().flatMap(it -> it.instances().stream()).forEach(rows::addOther);
    return rows.grow();
  }

  /** What a server of another cluster reports, if a link leads to it. */
  private void addOther(InstanceReport it) {
    var here =
        Stream.concat(links.keySet().stream(), downstreams.stream())
            .filter(node -> node.is(EndKind.OTHER_CLUSTER) && node.address().equals(it.address()))
            .findFirst();
    here.ifPresent(node -> servers.put(node, ReportedState.of(it)));
  }

  private void add(TreeServer node, ReportedState server) {
    servers.put(node, server);
    known.put(node.address(), node);
    known.putIfAbsent(node.name(), node);
  }

  private TreeServer node(String name, Optional<EndReport> end) {
    var address = end.flatMap(EndReport::address);
    var kind = end.map(EndReport::kind).orElse(EndKind.UNIDENTIFIED.label());
    var found =
        end.isPresent() && kind.equals(EndKind.UNIDENTIFIED.label())
            ? null
            : known.get(address.orElse(name));
    return found != null
        ? found
        : new TreeServer(
            name, address.orElse(""), kind, end.flatMap(EndReport::applicationName).orElse(""));
  }

  private List<TreeRow> grow() {
    var primary = LiveRole.PRIMARY.label();
    plant(servers.keySet().stream().filter(it -> server(it).role().equals(primary)).toList());
    plant(links.keySet().stream().filter(it -> !downstreams.contains(it)).toList());
    // What is left with links is a circle: it is cut at its first name.
    plant(links.keySet());
    var placing = Placing.FIRST_APART;
    for (var node : servers.keySet().stream().sorted(BY_NAME).toList()) {
      if (placed.add(node)) {
        row(node, Optional.empty(), placing, "", "");
        placing = Placing.APART;
      }
    }
    return rows;
  }

  private void plant(Collection<TreeServer> roots) {
    for (var root : roots.stream().sorted(BY_NAME).toList()) {
      if (placed.add(root)) {
        row(root, Optional.empty(), Placing.TOP, "", "");
        below(root, "");
      }
    }
  }

  private void below(TreeServer upstream, String prefix) {
    var children =
        links.getOrDefault(upstream, List.of()).stream()
            .sorted(
                Comparator.comparing(
                    link -> node(link.downstream(), link.downstreamEnd()), BY_NAME))
            .toList();
    for (var i = 0; i < children.size(); i++) {
      var link = children.get(i);
      var node = node(link.downstream(), link.downstreamEnd());
      var isLast = i == children.size() - 1;
      var branch = prefix + (isLast ? style.glyphs().lastBranch() : style.glyphs().branch());
      var trunk = prefix + (isLast ? "   " : style.glyphs().trunk());
      // Unidentified servers may look the same and be several.
      if (node.is(EndKind.UNIDENTIFIED)) {
        var place = unidentified.merge(node, 1, Integer::sum);
        row(node.numbered(place), Optional.of(link), Placing.BELOW, branch, trunk);
      } else if (placed.add(node)) {
        row(node, Optional.of(link), Placing.BELOW, branch, trunk);
        below(node, trunk);
      } else {
        row(node, Optional.of(link), Placing.REPEATED, branch, trunk);
      }
    }
  }

  private ReportedState server(TreeServer node) {
    return servers.getOrDefault(node, ReportedState.UNKNOWN);
  }

  private void row(
      TreeServer node, Optional<LinkReport> link, Placing placing, String prefix, String trunk) {
    var server = server(node);
    var isHere = placing != Placing.REPEATED;
    var hasBelow = isHere && links.containsKey(node);
    var cells = new EnumMap<Column, Cell>(Column.class);
    var name = name(node, link, prefix);
    cells.put(Column.NAME, name);
    var address = DisplayNames.shown(node.address());
    if (!name.text().endsWith(address)) {
      cells.put(Column.ADDRESS, new Cell(address, Tone.FAINT));
    }
    if (!isHere) {
      cells.put(Column.ROLE, new Cell("see above", Tone.UNKNOWN));
    } else if (servers.containsKey(node) || !node.is(EndKind.OTHER_CLUSTER)) {
      cells.put(Column.ROLE, role(server));
      cells.put(Column.TIMELINE, timeline(server));
    }
    link.ifPresent(
        it -> {
          cells.put(Column.LAG, lag(it));
          cells.put(Column.ENDS, ends(it));
          it.syncState()
              .filter(state -> !state.equals(ASYNC))
              .ifPresent(state -> cells.put(Column.SYNC, new Cell(state, Tone.PLAIN)));
          it.slot().ifPresent(slot -> cells.put(Column.SLOT, new Cell("slot " + slot, Tone.FAINT)));
          it.replyAgeSeconds()
              .ifPresent(
                  age ->
                      cells.put(
                          Column.REPLY, new Cell("replied %d s ago".formatted(age), Tone.FAINT)));
        });
    server
        .position()
        .flatMap(it -> it.written().or(it::replayed))
        .ifPresent(
            lsn ->
                cells.put(
                    Column.LSN,
                    new Cell("at " + lsn + (link.isEmpty() ? age(server) : ""), Tone.FAINT)));
    if (isHere && !server.services().isEmpty()) {
      var services = "services " + String.join(", ", server.services());
      cells.put(Column.SERVICES, new Cell(services, Tone.FAINT));
    }
    server
        .version()
        .ifPresent(it -> cells.put(Column.VERSION, new Cell("PostgreSQL " + it, Tone.FAINT)));
    rows.add(
        new TreeRow(
            node.name(),
            showsDrifts(node, placing),
            placing,
            cells,
            "  " + trunk + (hasBelow ? style.glyphs().trunk() : "   ")));
  }

  /** An unidentified server at the top has another row below the server that reports it. */
  private static boolean showsDrifts(TreeServer node, Placing placing) {
    return node.is(EndKind.UNIDENTIFIED) ? placing == Placing.BELOW : placing != Placing.REPEATED;
  }

  private Cell name(TreeServer node, Optional<LinkReport> link, String prefix) {
    if (node.is(EndKind.OTHER_CLUSTER)) {
      return new Cell(prefix + node.name() + " (another cluster)", Tone.FAINT);
    }
    if (node.is(EndKind.UNDECLARED) || node.is(EndKind.UNIDENTIFIED)) {
      var announced =
          link.flatMap(LinkReport::downstreamEnd)
              .flatMap(EndReport::applicationName)
              .orElse(node.announced());
      return new Cell((prefix + "? " + announced).stripTrailing(), Tone.UNKNOWN);
    }
    var alias = server(node).alias().map(" (%s)"::formatted).orElse("");
    return new Cell(prefix + node.name() + alias, Tone.PLAIN);
  }

  /** How old what a standby without a link has replayed is. */
  private static String age(ReportedState server) {
    return server
        .position()
        .flatMap(PositionReport::replayedCommitAge)
        .map(age -> ", last commit %d s ago".formatted(age.toSeconds()))
        .orElse("");
  }

  private static Cell role(ReportedState server) {
    var isUnknown = server.role().equals(LiveRole.UNKNOWN.label());
    return new Cell(server.role(), isUnknown ? Tone.UNKNOWN : Tone.PLAIN);
  }

  private Cell timeline(ReportedState server) {
    return server
        .timeline()
        .flatMap(it -> it.known(style.glyphs().atLeast()))
        .map(it -> new Cell("tl " + it, Tone.PLAIN))
        .orElseGet(() -> new Cell("tl ?", Tone.UNKNOWN));
  }

  private static Cell lag(LinkReport link) {
    return link.replayLagBytes()
        .map(
            bytes ->
                new Cell(
                    "lag "
                        + ByteCount.text(bytes)
                        + link.replayLagSeconds()
                            .filter(seconds -> seconds > 0)
                            .map(", %d s"::formatted)
                            .orElse(""),
                    Tone.PLAIN))
        .orElseGet(() -> new Cell("lag ?", Tone.UNKNOWN));
  }

  private static Cell ends(LinkReport link) {
    var isProved = link.grade().equals(ReplicationLink.Grade.BOTH_ENDS.label());
    var ends = isProved ? "both ends" : "one end";
    return link.streaming()
        .map(
            streams ->
                streams
                    ? new Cell(ends, Tone.RIGHT)
                    : new Cell(
                        ends
                            + link.silentForSeconds()
                                .map(seconds -> ", silent for " + seconds + " s")
                                .orElse(", not streaming"),
                        Tone.WRONG))
        .orElseGet(() -> new Cell(ends, Tone.UNKNOWN));
  }
}
