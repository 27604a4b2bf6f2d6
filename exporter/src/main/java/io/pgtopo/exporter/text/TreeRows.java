package io.pgtopo.exporter.text;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.text.TreeRow.Cell;
import io.pgtopo.exporter.text.TreeRow.Column;
import io.pgtopo.exporter.text.TreeRow.Placing;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.Forest;
import io.pgtopo.exporter.view.InstanceView;
import io.pgtopo.exporter.view.Streaming;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/** The lines of a forest, cell by cell, in the order of {@link TreeRow.Column}. */
final class TreeRows {
  private final ClusterView view;
  private final Snapshot snapshot;
  private final DisplayNames names;
  private final Style style;
  private final List<TreeRow> rows = new ArrayList<>();

  TreeRows(ClusterView view, Snapshot snapshot, DisplayNames names, Style style) {
    this.view = view;
    this.snapshot = snapshot;
    this.names = names;
    this.style = style;
  }

  List<TreeRow> of(Forest forest) {
    for (var tree : forest.trees()) {
      rows.add(row(tree, Placing.TOP, "", hang("", tree)));
      below(tree, "");
    }
    var placing = Placing.FIRST_APART;
    for (var tree : forest.apart()) {
      rows.add(row(tree, placing, "", hang("", tree)));
      placing = Placing.APART;
    }
    return rows;
  }

  private void below(Forest.Tree tree, String prefix) {
    for (var i = 0; i < tree.below().size(); i++) {
      var child = tree.below().get(i);
      var isLast = i == tree.below().size() - 1;
      var branch = isLast ? style.glyphs().lastBranch() : style.glyphs().branch();
      var placing = child.place() == Forest.Place.HERE ? Placing.BELOW : Placing.REPEATED;
      var trunk = isLast ? "   " : style.glyphs().trunk();
      rows.add(row(child, placing, prefix + branch, hang(prefix + trunk, child)));
      below(child, prefix + trunk);
    }
  }

  private String hang(String prefix, Forest.Tree tree) {
    return "  " + prefix + (tree.below().isEmpty() ? "   " : style.glyphs().trunk());
  }

  private TreeRow row(Forest.Tree tree, Placing placing, String prefix, String hang) {
    var member =
        tree.peer() instanceof Peer.Known(var endpoint)
            ? view.at(endpoint)
            : Optional.<InstanceView>empty();
    var live =
        tree.peer() instanceof Peer.Known(var endpoint)
            ? member.flatMap(InstanceView::live).or(() -> view.undeclaredAt(endpoint))
            : Optional.<LiveInstance>empty();
    var cells = new EnumMap<Column, Cell>(Column.class);
    cells.put(Column.NAME, name(tree, member, prefix));
    cells.put(Column.ADDRESS, address(tree));
    cells.put(Column.ROLE, role(tree, live));
    cells.put(Column.TIMELINE, tree.place() == Forest.Place.HERE ? timeline(live) : Cell.NONE);
    cells.put(Column.LAG, lag(tree.link()));
    cells.put(Column.PROOF, proof(tree.link()));
    cells.put(Column.LSN, lsn(live));
    cells.put(Column.VERSION, version(live));
    return new TreeRow(names.of(tree.peer()), told(tree.peer(), placing), placing, cells, hang);
  }

  /** A stranger on top is told of where it is below somebody. */
  private Optional<String> told(Peer peer, Placing placing) {
    var isHere =
        switch (peer) {
          case Peer.Known known -> placing != Placing.REPEATED;
          case Peer.Unknown stranger -> placing == Placing.BELOW;
        };
    return isHere ? Optional.of(names.of(peer)) : Optional.empty();
  }

  private Cell name(Forest.Tree tree, Optional<InstanceView> member, String prefix) {
    return switch (tree.peer()) {
      case Peer.Known known when isUndeclared(known) ->
          new Cell((prefix + "? " + announced(tree.link())).stripTrailing(), Tone.UNKNOWN);
      case Peer.Known(var endpoint) when member.isEmpty() ->
          new Cell(prefix + names.of(endpoint) + " (another cluster)", Tone.FAINT);
      case Peer.Known(var endpoint) -> new Cell(prefix + names.of(endpoint), Tone.PLAIN);
      case Peer.Unknown stranger ->
          new Cell((prefix + "? " + stranger.applicationName()).stripTrailing(), Tone.UNKNOWN);
    };
  }

  private boolean isUndeclared(Peer peer) {
    return view.undeclared().stream().anyMatch(found -> found.peer().equals(peer));
  }

  private static String announced(Optional<ReplicationLink> link) {
    return link.flatMap(ReplicationLink::sender).map(WalSender::applicationName).orElse("");
  }

  private static Cell address(Forest.Tree tree) {
    return switch (tree.peer()) {
      case Peer.Known(var endpoint) -> new Cell(endpoint.toString(), Tone.FAINT);
      case Peer.Unknown stranger -> new Cell(DisplayNames.shown(stranger.address()), Tone.FAINT);
    };
  }

  private static Cell lsn(Optional<LiveInstance> found) {
    return found
        .flatMap(
            live ->
                switch (live.facts().state()) {
                  case ServerState.InProduction production -> Optional.of(production.written());
                  case ServerState.InRecovery recovery -> recovery.replayed();
                })
        .map(lsn -> new Cell("at " + lsn, Tone.FAINT))
        .orElseGet(() -> Cell.NONE);
  }

  private static Cell version(Optional<LiveInstance> found) {
    return found
        .map(live -> new Cell("PostgreSQL " + live.facts().identity().version(), Tone.FAINT))
        .orElseGet(() -> Cell.NONE);
  }

  private static Cell role(Forest.Tree tree, Optional<LiveInstance> live) {
    if (tree.place() == Forest.Place.ELSEWHERE) {
      return new Cell("see above", Tone.UNKNOWN);
    }
    var role = live.map(LiveInstance::role).orElse(LiveRole.UNKNOWN);
    return new Cell(role.label(), role == LiveRole.UNKNOWN ? Tone.UNKNOWN : Tone.PLAIN);
  }

  private Cell timeline(Optional<LiveInstance> found) {
    return found
        .map(live -> live.facts().timeline())
        .map(timeline -> new Cell("tl " + bound(timeline) + timeline.id(), Tone.PLAIN))
        .orElseGet(() -> new Cell("tl ?", Tone.UNKNOWN));
  }

  private String bound(Timeline timeline) {
    return timeline.source() == Timeline.Source.CONTROL_FILE ? style.glyphs().atLeast() : "";
  }

  private Cell lag(Optional<ReplicationLink> link) {
    return link.map(
            found ->
                Positions.replayLagBytes(found, snapshot.topology())
                    .map(bytes -> new Cell("lag " + ByteCount.text(bytes), Tone.PLAIN))
                    .orElseGet(() -> new Cell("lag ?", Tone.UNKNOWN)))
        .orElseGet(() -> Cell.NONE);
  }

  private static Cell proof(Optional<ReplicationLink> link) {
    return link.map(TreeRows::proof).orElseGet(() -> Cell.NONE);
  }

  private static Cell proof(ReplicationLink link) {
    var ends = link.grade() == ReplicationLink.Grade.BOTH_ENDS ? "both ends" : "one end";
    return switch (Streaming.of(link)) {
      case YES -> new Cell(ends, Tone.RIGHT);
      case UNKNOWN -> new Cell(ends, Tone.UNKNOWN);
      case NO -> new Cell(ends + ", not streaming", Tone.WRONG);
    };
  }
}
