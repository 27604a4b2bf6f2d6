package io.pgtopo.exporter.text;

import io.pgtopo.exporter.text.TreeGraph.GraphLink;
import io.pgtopo.exporter.text.TreeGraph.GraphServer;
import io.pgtopo.exporter.text.TreeGraph.Kind;
import io.pgtopo.exporter.text.TreeGraph.Nature;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The live topology in the languages of graphs: Mermaid for documents and tickets, DOT for
 * Graphviz.
 */
public final class GraphText {
  private GraphText() {}

  /** One flowchart with a frame for each cluster. */
  public static String mermaid(SnapshotReport snapshot) {
    var out = new StringBuilder("flowchart LR\n");
    var graphs = TreeGraph.of(snapshot);
    for (var number = 0; number < graphs.size(); number++) {
      mermaid(graphs.get(number), number, out);
    }
    out.append("classDef PRIMARY stroke-width:3px\n")
        .append("classDef SILENT stroke-dasharray:6 4\n")
        .append("classDef UNDECLARED stroke-dasharray:2 3\n");
    return out.toString();
  }

  private static void mermaid(TreeGraph graph, int number, StringBuilder out) {
    out.append("subgraph c%d[\"%s\"]\n".formatted(number, mermaidLines(heading(graph))));
    for (var index = 0; index < graph.servers().size(); index++) {
      var server = graph.servers().get(index);
      out.append(
          "  c%ds%d%s:::%s\n"
              .formatted(number, index, shape(server, mermaidLabel(server)), server.kind()));
    }
    out.append("end\n");
    for (var link : graph.links()) {
      out.append(
          "c%ds%d %s|\"%s\"| c%ds%d\n"
              .formatted(
                  number, link.from(), arrow(link), mermaidText(link.label()), number, link.to()));
    }
  }

  /** A primary has another shape too: colours are left to the theme. */
  private static String shape(GraphServer server, String label) {
    return switch (server.kind()) {
      case PRIMARY -> "[[\"" + label + "\"]]";
      case CONSUMER -> "{{\"" + label + "\"}}";
      case REPLICA, UNKNOWN, SILENT, UNDECLARED, OTHER_CLUSTER -> "(\"" + label + "\")";
    };
  }

  private static String arrow(GraphLink link) {
    if (link.isBroken()) {
      return "--x";
    }
    return switch (link.proof()) {
      case BOTH_ENDS -> link.nature() == Nature.LOGICAL ? "==>" : "-->";
      case ONE_END, DECLARED_ONLY -> "-.->";
    };
  }

  private static String mermaidLabel(GraphServer server) {
    return mermaidLines(server.text());
  }

  private static String mermaidLines(List<String> lines) {
    return lines.stream().map(GraphText::mermaidText).collect(Collectors.joining("<br/>"));
  }

  private static List<String> heading(TreeGraph graph) {
    return Stream.concat(
            Stream.of(graph.cluster()), graph.marks().stream().map(TreeGraph.Mark::text))
        .toList();
  }

  /** By the entities of Mermaid, which have no ampersand. */
  private static String mermaidText(String text) {
    return text.codePoints()
        .mapToObj(
            it ->
                Character.isLetterOrDigit(it) || " .,:-_/()".indexOf(it) >= 0
                    ? Character.toString(it)
                    : "#" + it + ";")
        .collect(Collectors.joining());
  }

  /** One graph with a frame for each cluster. */
  public static String dot(SnapshotReport snapshot) {
    var out = new StringBuilder("digraph pgtopo {\n  rankdir=LR\n  node [shape=box]\n");
    var graphs = TreeGraph.of(snapshot);
    for (var number = 0; number < graphs.size(); number++) {
      dot(graphs.get(number), number, out);
    }
    return out.append("}\n").toString();
  }

  private static void dot(TreeGraph graph, int number, StringBuilder out) {
    out.append(
        "  subgraph cluster_%d {\n    label=%s\n"
            .formatted(number, quoted(String.join("\n", heading(graph)))));
    IntStream.range(0, graph.servers().size())
        .forEach(
            index -> {
              var server = graph.servers().get(index);
              out.append(
                  "    c%ds%d [label=%s%s]\n"
                      .formatted(
                          number,
                          index,
                          quoted(String.join("\n", server.text())),
                          style(server.kind())));
            });
    out.append("  }\n");
    for (var link : graph.links()) {
      out.append(
          "  c%ds%d -> c%ds%d [label=%s%s]\n"
              .formatted(
                  number, link.from(), number, link.to(), quoted(link.label()), style(link)));
    }
  }

  private static String style(Kind kind) {
    return switch (kind) {
      case PRIMARY -> ", peripheries=2";
      case SILENT -> ", style=dashed";
      case UNDECLARED -> ", style=dotted";
      case CONSUMER -> ", shape=hexagon";
      case REPLICA, UNKNOWN, OTHER_CLUSTER -> "";
    };
  }

  private static String style(GraphLink link) {
    var broken =
        link.isBroken()
            ? ", color=red"
            : link.nature() == Nature.LOGICAL ? ", arrowhead=empty, penwidth=2" : "";
    return switch (link.proof()) {
      case BOTH_ENDS -> broken;
      case ONE_END -> ", style=dashed" + broken;
      case DECLARED_ONLY -> ", style=dotted" + broken;
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
