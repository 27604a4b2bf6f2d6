package io.pgtopo.exporter.text;

import io.pgtopo.exporter.text.SvgPen.Weight;
import io.pgtopo.exporter.text.TreeGraph.GraphLink;
import io.pgtopo.exporter.text.TreeGraph.GraphServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the servers of a graph stand in a picture, in pixels: each below the one that it receives
 * WAL from.
 *
 * @param cards of the servers, in their order
 * @param parents the link by which each server got its place; none for a root
 */
record GraphLayout(
    Form form, List<Card> cards, List<Optional<GraphLink>> parents, int width, int height) {
  static final int NAME_SIZE = 14;
  static final int LINE_SIZE = 12;
  static final int LABEL_SIZE = 11;

  /** From one line of text to the next. */
  static final int LINE_STEP = 16;

  /** Of the text in a card to its left edge. */
  static final int PADDING = 12;

  /** The room for the sign of the role, to the left of the name. */
  static final int SIGN = 24;

  /** From the top of a card to its first line below the name. */
  static final int FIRST_LINE = 44;

  private static final int NARROWEST_CARD = 150;
  private static final int WIDEST_CARD = 300;

  /** Wider pictures are drawn in rows: they would be scaled down where they are shown. */
  private static final int WIDEST = 1200;

  private static final int BETWEEN_CARDS = 24;
  private static final int BETWEEN_LAYERS = 56;
  private static final int BETWEEN_ROWS = 34;
  private static final int INDENT = 36;
  private static final int BEND = 40;

  /** How the servers are arranged. */
  enum Form {
    /** A layer for each step away from the roots. */
    LAYERS,
    /** A row for each server, indented by its steps away from its root. */
    ROWS
  }

  /** The place of a server. */
  record Card(int x, int y, int width, int height) {
    int middle() {
      return x + width / 2;
    }

    int right() {
      return x + width;
    }

    int bottom() {
      return y + height;
    }
  }

  static GraphLayout of(TreeGraph graph) {
    return new Placing(graph).layout();
  }

  /** Whether the lower end of a link stands where it does because of the link. */
  boolean isPlacedBy(GraphLink link) {
    return isPlacedBy(link, parents);
  }

  private static boolean isPlacedBy(GraphLink link, List<Optional<GraphLink>> parents) {
    return parents.get(link.to()).filter(link::equals).isPresent();
  }

  /** The label of a link, in lines that are no wider than a card if the servers are in layers. */
  List<String> label(GraphLink link) {
    return form == Form.ROWS
        ? List.of(link.label())
        : lines(link.label(), cards.get(link.to()).width());
  }

  private static List<String> lines(String label, int width) {
    var lines = new ArrayList<String>();
    for (var part : label.split(", ", -1)) {
      var longer = lines.isEmpty() ? part : lines.getLast() + ", " + part;
      if (!lines.isEmpty() && SvgPen.width(longer, LABEL_SIZE, Weight.NORMAL) <= width) {
        lines.set(lines.size() - 1, longer);
      } else {
        lines.add(part);
      }
    }
    return lines;
  }

  private static final class Placing {
    private final TreeGraph graph;
    private final List<Optional<GraphLink>> parents;
    private final Card[] cards;
    private final int cardWidth;
    private int next;

    Placing(TreeGraph graph) {
      this.graph = graph;
      parents = parents(graph);
      cards = new Card[graph.servers().size()];
      cardWidth =
          Math.clamp(
              graph.servers().stream().mapToInt(Placing::wanted).max().orElse(0),
              NARROWEST_CARD,
              WIDEST_CARD);
    }

    private static int wanted(GraphServer server) {
      var name = SIGN + SvgPen.width(server.name(), NAME_SIZE, Weight.BOLD);
      var marks = server.marks().stream().map(it -> it.text());
      var lines =
          Stream.concat(
              server.lines().stream().map(it -> SvgPen.width(it, LINE_SIZE, Weight.NORMAL)),
              marks.map(it -> SvgPen.width(it, LINE_SIZE, Weight.BOLD)));
      return 2 * PADDING + Math.max(name, lines.mapToInt(it -> it).max().orElse(0));
    }

    private int height(int server) {
      var shown = graph.servers().get(server);
      return FIRST_LINE + LINE_STEP * (shown.lines().size() + shown.marks().size());
    }

    /** Of the links to a server the best proven one, if it does not close a circle. */
    private static List<Optional<GraphLink>> parents(TreeGraph graph) {
      var parents =
          new ArrayList<>(Collections.nCopies(graph.servers().size(), Optional.<GraphLink>empty()));
      graph.links().stream()
          .sorted(Comparator.comparing(GraphLink::nature).thenComparing(GraphLink::proof))
          .filter(link -> parents.get(link.to()).isEmpty())
          .filter(link -> !isAbove(link.to(), link.from(), parents))
          .forEach(link -> parents.set(link.to(), Optional.of(link)));
      return parents;
    }

    private static boolean isAbove(int server, int lower, List<Optional<GraphLink>> parents) {
      return Stream.iterate(
              Optional.of(lower),
              Optional::isPresent,
              at -> at.flatMap(parents::get).map(GraphLink::from))
          .anyMatch(at -> at.equals(Optional.of(server)));
    }

    GraphLayout layout() {
      var roots =
          IntStream.range(0, cards.length).filter(it -> parents.get(it).isEmpty()).boxed().toList();
      var inner = parents.stream().flatMap(Optional::stream).map(GraphLink::from).distinct();
      var leaves = cards.length - (int) inner.count();
      var others = graph.links().stream().filter(it -> !isPlacedBy(it, parents)).toList();
      if (others.isEmpty() && leaves * (cardWidth + BETWEEN_CARDS) <= WIDEST) {
        return layers(roots);
      }
      roots.forEach(root -> row(root, 0));
      return finished(
          Form.ROWS,
          others.isEmpty() ? 0 : BEND + widest(others),
          parents.stream()
              .flatMap(Optional::stream)
              .mapToInt(it -> cards[it.to()].x() + 2 * PADDING + labelWidth(it)));
    }

    private static int labelWidth(GraphLink link) {
      return SvgPen.width(link.label(), LABEL_SIZE, Weight.NORMAL);
    }

    private static int widest(List<GraphLink> links) {
      return links.stream().mapToInt(Placing::labelWidth).max().orElse(0);
    }

    private List<Integer> children(int server) {
      return IntStream.range(0, cards.length)
          .filter(it -> parents.get(it).filter(link -> link.from() == server).isPresent())
          .boxed()
          .toList();
    }

    private void row(int server, int depth) {
      cards[server] = new Card(depth * INDENT, next, cardWidth, height(server));
      next = cards[server].bottom() + BETWEEN_ROWS;
      children(server).forEach(it -> row(it, depth + 1));
    }

    private GraphLayout layers(List<Integer> roots) {
      var tops = new ArrayList<Integer>();
      var y = 0;
      var layer = roots;
      while (!layer.isEmpty()) {
        tops.add(y);
        var below = layer.stream().flatMap(it -> children(it).stream()).toList();
        var labels =
            below.stream()
                .flatMap(it -> parents.get(it).stream())
                .mapToInt(it -> lines(it.label(), cardWidth).size())
                .max()
                .orElse(0);
        var highest = layer.stream().mapToInt(this::height).max().orElse(0);
        y += highest + BETWEEN_LAYERS + labels * LINE_STEP;
        layer = below;
      }
      roots.forEach(root -> column(root, 0, tops));
      return finished(Form.LAYERS, 0, IntStream.empty());
    }

    /** A server stands above the middle of those that receive from it. */
    private void column(int server, int layer, List<Integer> tops) {
      var below = children(server);
      below.forEach(it -> column(it, layer + 1, tops));
      var x = next;
      if (below.isEmpty()) {
        next += cardWidth + BETWEEN_CARDS;
      } else {
        x = (cards[below.getFirst()].x() + cards[below.getLast()].x()) / 2;
      }
      cards[server] = new Card(x, tops.get(layer), cardWidth, height(server));
    }

    private GraphLayout finished(Form form, int margin, IntStream labels) {
      var right = Arrays.stream(cards).mapToInt(Card::right).max().orElse(0);
      return new GraphLayout(
          form,
          List.of(cards),
          parents,
          Math.max(right + margin, labels.max().orElse(0)),
          Arrays.stream(cards).mapToInt(Card::bottom).max().orElse(0));
    }
  }
}
