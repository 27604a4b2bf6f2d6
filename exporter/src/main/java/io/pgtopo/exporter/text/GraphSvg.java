package io.pgtopo.exporter.text;

import static io.pgtopo.exporter.text.GraphLayout.FIRST_LINE;
import static io.pgtopo.exporter.text.GraphLayout.LABEL_SIZE;
import static io.pgtopo.exporter.text.GraphLayout.LINE_SIZE;
import static io.pgtopo.exporter.text.GraphLayout.LINE_STEP;
import static io.pgtopo.exporter.text.GraphLayout.NAME_SIZE;
import static io.pgtopo.exporter.text.GraphLayout.PADDING;
import static io.pgtopo.exporter.text.GraphLayout.SIGN;

import io.pgtopo.agent.drift.Severity;
import io.pgtopo.exporter.text.GraphLayout.Card;
import io.pgtopo.exporter.text.SvgPen.Weight;
import io.pgtopo.exporter.text.TreeGraph.GraphLink;
import io.pgtopo.exporter.text.TreeGraph.GraphServer;
import io.pgtopo.exporter.text.TreeGraph.Kind;
import io.pgtopo.exporter.text.TreeGraph.Mark;
import io.pgtopo.exporter.text.TreeGraph.Nature;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The live topology as a picture for runbooks and tickets. Text stands on a ground of its own, so
 * that it can be read on a light page and on a dark one.
 */
public final class GraphSvg {
  private static final int MARGIN = 16;
  private static final int TITLE_SIZE = 16;
  private static final int BETWEEN_CLUSTERS = 40;
  private static final int HEADING = 40;
  private static final int ARROW = 8;
  private static final int BEND = 30;

  private static final String INK = "#18212d";
  private static final String SOFT = "#556273";
  private static final String GROUND = "#ffffff";
  private static final String EDGE = "#7d8590";
  private static final String BROKEN = "#d1242f";
  private static final String PRIMARY = "#0b5cad";
  private static final String SILENT = "#b26a00";
  private static final String UNDECLARED = "#5b3e96";
  private static final String LOGICAL = "#0d7377";
  private static final String CRITICAL = "#b3151f";
  private static final String CRITICAL_GROUND = "#fde8e8";

  /** By the label of a severity. */
  private static final Map<String, String> COLOURS =
      Map.of(
          Severity.CRITICAL.label(),
          CRITICAL,
          Severity.WARNING.label(),
          "#7a4b00",
          Severity.INFO.label(),
          "#0f5591",
          Severity.UNKNOWN.label(),
          UNDECLARED);

  private final SvgPen pen;
  private final TreeGraph graph;
  private final GraphLayout layout;

  private GraphSvg(SvgPen pen, TreeGraph graph, GraphLayout layout) {
    this.pen = pen;
    this.graph = graph;
    this.layout = layout;
  }

  /** The clusters one below the other. */
  public static String render(SnapshotReport snapshot) {
    var graphs = TreeGraph.of(snapshot);
    var layouts = graphs.stream().map(GraphLayout::of).toList();
    var asOf = "As of " + snapshot.endedAt().truncatedTo(ChronoUnit.SECONDS);
    var width = SvgPen.width(asOf, LABEL_SIZE, Weight.NORMAL) + PADDING;
    var height = MARGIN;
    for (var index = 0; index < graphs.size(); index++) {
      var heading = heading(graphs.get(index));
      width = Math.max(width, Math.max(layouts.get(index).width(), heading.width()));
      height += heading.height() + layouts.get(index).height() + BETWEEN_CLUSTERS;
    }
    var bottom = height;
    var title =
        "Topology of %s as of %s"
            .formatted(
                graphs.stream().map(TreeGraph::cluster).collect(Collectors.joining(", ")),
                snapshot.endedAt().truncatedTo(ChronoUnit.SECONDS));
    return SvgPen.draw(
        width + 2 * MARGIN,
        bottom + MARGIN,
        title,
        pen -> {
          var y = MARGIN;
          for (var index = 0; index < graphs.size(); index++) {
            var drawing = new GraphSvg(pen, graphs.get(index), layouts.get(index));
            pen.group(it -> drawing.draw(), "transform", "translate(%d %d)".formatted(MARGIN, y));
            y +=
                heading(graphs.get(index)).height()
                    + layouts.get(index).height()
                    + BETWEEN_CLUSTERS;
          }
          plate(pen, MARGIN, bottom, List.of(asOf));
        });
  }

  /** The name of a cluster with what is open about the whole of it, from the upper left corner. */
  private static Card heading(TreeGraph graph) {
    var marks =
        graph.marks().stream().mapToInt(it -> SvgPen.width(it.text(), LINE_SIZE, Weight.BOLD));
    var name = SvgPen.width(graph.cluster(), TITLE_SIZE, Weight.BOLD);
    return new Card(
        0,
        0,
        2 * PADDING + Math.max(name, marks.max().orElse(0)),
        HEADING + LINE_STEP * graph.marks().size() + BETWEEN_CLUSTERS / 2);
  }

  private void draw() {
    var heading = heading(graph);
    pen.shape(
        "rect",
        "width",
        heading.width(),
        "height",
        heading.height() - BETWEEN_CLUSTERS / 2,
        "rx",
        8,
        "fill",
        GROUND);
    pen.text(graph.cluster(), TITLE_SIZE, INK, "x", PADDING, "y", 25, "font-weight", "bold");
    marks(graph.marks(), HEADING + 4, heading.width());
    pen.group(
        it -> {
          graph.links().forEach(this::line);
          for (var index = 0; index < graph.servers().size(); index++) {
            server(graph.servers().get(index), layout.cards().get(index));
          }
          graph.links().forEach(this::label);
        },
        "transform",
        "translate(0 %d)".formatted(heading.height()));
  }

  private void marks(List<Mark> marks, int first, int width) {
    var y = first;
    for (var mark : marks) {
      var shown = SvgPen.fitting(mark.text(), width - 2 * PADDING, LINE_SIZE, Weight.BOLD);
      pen.text(shown, LINE_SIZE, colour(mark), "x", PADDING, "y", y, "font-weight", "bold");
      y += LINE_STEP;
    }
  }

  /** A logical link has a hollow arrow too. */
  private static String colour(GraphLink link) {
    return link.nature() == Nature.LOGICAL ? LOGICAL : EDGE;
  }

  private static String colour(Mark mark) {
    return COLOURS.getOrDefault(mark.severity(), INK);
  }

  private void server(GraphServer server, Card card) {
    pen.group(
        it -> {
          pen.title(String.join("\n", server.text()));
          box(server, card);
          sign(server.kind());
          var room = card.width() - 2 * PADDING;
          var name = SvgPen.fitting(server.name(), room - SIGN, NAME_SIZE, Weight.BOLD);
          pen.text(name, NAME_SIZE, INK, "x", PADDING + SIGN, "y", 24, "font-weight", "bold");
          var y = FIRST_LINE;
          for (var line : server.lines()) {
            var shown = SvgPen.fitting(line, room, LINE_SIZE, Weight.NORMAL);
            pen.text(shown, LINE_SIZE, SOFT, "x", PADDING, "y", y);
            y += LINE_STEP;
          }
          marks(server.marks(), y, card.width());
        },
        "transform",
        "translate(%d %d)".formatted(card.x(), card.y()));
  }

  /** The kinds differ in the line around them too: a primary has two. */
  private void box(GraphServer server, Card card) {
    var isRival = server.isRival();
    var ground = isRival ? CRITICAL_GROUND : GROUND;
    switch (server.kind()) {
      case PRIMARY -> {
        frame(card, 0, ground, isRival ? CRITICAL : PRIMARY, "");
        frame(card, 4, "none", isRival ? CRITICAL : PRIMARY, "");
      }
      case SILENT -> frame(card, 0, ground, SILENT, "7 5");
      case UNDECLARED -> frame(card, 0, ground, isRival ? CRITICAL : UNDECLARED, "2 3");
      case CONSUMER -> frame(card, 0, ground, LOGICAL, "");
      case REPLICA, UNKNOWN, OTHER_CLUSTER -> frame(card, 0, ground, EDGE, "");
    }
  }

  private void frame(Card card, int inset, String ground, String colour, String dashes) {
    pen.shape(
        "rect",
        "x",
        inset,
        "y",
        inset,
        "width",
        card.width() - 2 * inset,
        "height",
        card.height() - 2 * inset,
        "rx",
        8 - inset / 2,
        "fill",
        ground,
        "stroke",
        colour,
        "stroke-width",
        dashes.isEmpty() ? 1.5 : 2,
        "stroke-dasharray",
        dashes.isEmpty() ? "none" : dashes);
  }

  /** A filled square writes, a ring reads, a crossed one is silent, a diamond is unknown. */
  private void sign(Kind kind) {
    switch (kind) {
      case PRIMARY ->
          pen.shape("rect", "x", 13, "y", 11, "width", 15, "height", 15, "rx", 2, "fill", PRIMARY);
      case REPLICA -> {
        ring(SOFT);
        pen.shape("circle", "cx", 20, "cy", 19, "r", 3, "fill", SOFT);
      }
      case SILENT -> {
        ring(SILENT);
        stroke("M17 16l6 6M23 16l-6 6", SILENT);
      }
      case UNDECLARED -> stroke("M20 11l8 8-8 8-8-8z", UNDECLARED);
      case UNKNOWN -> stroke("M20 11l8 8-8 8-8-8z", SOFT);
      case OTHER_CLUSTER -> stroke("M12 11h11v11h-11zM17 16h11v11h-11z", SOFT);
      case CONSUMER -> stroke("M12 19h11m-5 -6l6 6-6 6", LOGICAL);
    }
  }

  private void ring(String colour) {
    pen.shape(
        "circle", "cx", 20, "cy", 19, "r", 7, "fill", "none", "stroke", colour, "stroke-width", 2);
  }

  private void stroke(String path, String colour) {
    pen.shape("path", "d", path, "fill", "none", "stroke", colour, "stroke-width", 2);
  }

  private void line(GraphLink link) {
    var from = layout.cards().get(link.from());
    var to = layout.cards().get(link.to());
    if (!layout.isPlacedBy(link)) {
      var bend = right() + BEND;
      var begin = from.bottom() - LINE_STEP;
      var end = to.y() + LINE_STEP;
      edge(
          link,
          "M%d %dC%d %d %d %d %d %d"
              .formatted(from.right(), begin, bend, begin, bend, end, to.right() + ARROW, end));
      arrow(link, to.right(), end, ARROW, 0);
      return;
    }
    switch (layout.form()) {
      case LAYERS -> {
        var end = to.y() - ARROW;
        var begin = end - LINE_STEP * layout.label(link).size() - 2 * LINE_STEP;
        edge(
            link,
            "M%d %dV%dC%d %d %d %d %d %dV%d"
                .formatted(
                    from.middle(),
                    from.bottom(),
                    begin - 8,
                    from.middle(),
                    begin + 12,
                    to.middle(),
                    begin - 12,
                    to.middle(),
                    begin + 16,
                    end));
        arrow(link, to.middle(), to.y(), 0, -ARROW);
      }
      case ROWS -> {
        var y = to.y() + 19;
        edge(link, "M%d %dV%dH%d".formatted(from.x() + PADDING, from.bottom(), y, to.x() - ARROW));
        arrow(link, to.x(), y, -ARROW, 0);
      }
    }
  }

  private int right() {
    return layout.cards().stream().mapToInt(Card::right).max().orElse(0);
  }

  private void edge(GraphLink link, String path) {
    pen.shape(
        "path",
        "d",
        path,
        "fill",
        "none",
        "stroke",
        link.isBroken() ? BROKEN : colour(link),
        "stroke-width",
        2,
        "stroke-dasharray",
        switch (link.proof()) {
          case BOTH_ENDS -> "none";
          case ONE_END -> "8 5";
          case DECLARED_ONLY -> "2 4";
        });
  }

  /** From its tip back to its rear; a link that does not stream ends with a cross. */
  private void arrow(GraphLink link, int x, int y, int back, int up) {
    if (link.isBroken()) {
      stroke("M%d %dm-5 -5l10 10m0 -10l-10 10".formatted(x + back, y + up), BROKEN);
      return;
    }
    var across = up == 0 ? 0 : 5;
    var along = up == 0 ? 5 : 0;
    var path =
        "M%d %dL%d %dL%d %dz"
            .formatted(x, y, x + back - across, y + up - along, x + back + across, y + up + along);
    switch (link.nature()) {
      case PHYSICAL -> pen.shape("path", "d", path, "fill", EDGE);
      case LOGICAL ->
          pen.shape("path", "d", path, "fill", GROUND, "stroke", LOGICAL, "stroke-width", 1.5);
    }
  }

  private void label(GraphLink link) {
    var to = layout.cards().get(link.to());
    var lines = layout.label(link);
    var height = LINE_STEP * lines.size();
    if (!layout.isPlacedBy(link)) {
      var middle = (layout.cards().get(link.from()).bottom() + to.y() - height) / 2;
      plate(pen, right() + PADDING, middle, lines);
      return;
    }
    switch (layout.form()) {
      case LAYERS -> plate(pen, to.middle() - width(lines) / 2, to.y() - ARROW - 8 - height, lines);
      case ROWS -> plate(pen, to.x() + PADDING, to.y() - 6 - height, lines);
    }
  }

  private static int width(List<String> lines) {
    return lines.stream()
            .mapToInt(it -> SvgPen.width(it, LABEL_SIZE, Weight.NORMAL))
            .max()
            .orElse(0)
        + PADDING;
  }

  /** Lines of text on a ground of their own. */
  private static void plate(SvgPen pen, int x, int y, List<String> lines) {
    var width = width(lines);
    pen.shape(
        "rect",
        "x",
        x,
        "y",
        y,
        "width",
        width,
        "height",
        LINE_STEP * lines.size(),
        "rx",
        4,
        "fill",
        GROUND);
    var baseline = y + 12;
    for (var line : lines) {
      pen.text(line, LABEL_SIZE, SOFT, "x", x + width / 2, "y", baseline, "text-anchor", "middle");
      baseline += LINE_STEP;
    }
  }
}
