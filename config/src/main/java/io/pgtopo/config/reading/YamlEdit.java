package io.pgtopo.config.reading;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML text that is changed in place: the rest keeps its comments and its form. A path is the
 * keys that lead to a value; empty for the whole.
 */
public final class YamlEdit {
  private final String text;
  private final Node root;

  /** Nodes that aliases repeat: a change of one would change all. */
  private final Set<Node> repeated = java.util.Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlEdit(String text, Node root) {
    this.text = text;
    this.root = root;
    count(root, java.util.Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  public static YamlEdit of(String text) throws UnreadableException {
    var root = YamlReader.compose(text);
    if (root.isEmpty()) {
      throw new UnreadableException(0, "YAML", "an empty file");
    }
    return new YamlEdit(text, root.get());
  }

  private void count(Node node, Set<Node> seen) {
    if (!seen.add(node)) {
      repeated.add(node);
      return;
    }
    switch (node) {
      case MappingNode map -> map.getValue().forEach(tuple -> count(tuple.getValueNode(), seen));
      case SequenceNode list -> list.getValue().forEach(item -> count(item, seen));
      default -> {}
    }
  }

  public String text() {
    return text;
  }

  /** The keys of a map, in their order; none if there is no map. */
  public Set<String> keys(List<String> path) {
    return map(path)
        .map(
            map ->
                map.getValue().stream()
                    .map(YamlEdit::key)
                    .collect(Collectors.toCollection(LinkedHashSet::new)))
        .orElseGet(LinkedHashSet::new);
  }

  public boolean has(List<String> path) {
    return find(path).isPresent();
  }

  /** With another value of a key, or with the key; empty where that cannot be done in place. */
  public Optional<YamlEdit> set(List<String> path, String value) throws UnreadableException {
    var there = find(path);
    if (there.isPresent()) {
      return there.get() instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)
          ? Optional.of(replaced(start(scalar), end(scalar), value))
          : Optional.empty();
    }
    var parent = path.subList(0, path.size() - 1);
    var entry = quoted(path.getLast()) + ": " + value;
    var holder = find(parent);
    if (holder.filter(node -> node.getTag().equals(Tag.NULL)).isPresent()) {
      var node = holder.get();
      return Optional.of(replaced(start(node), end(node), " { " + entry + " }"));
    }
    return holder.isPresent() && holder.get() instanceof MappingNode map
        ? added(map, List.of(entry))
        : Optional.empty();
  }

  /** With a key whose value is written in lines, the first of which holds the key. */
  public Optional<YamlEdit> add(List<String> path, List<String> lines) throws UnreadableException {
    var holder = map(path);
    return holder.isPresent() && (lines.size() == 1 || isBlock(holder.get()))
        ? added(holder.get(), lines)
        : Optional.empty();
  }

  /** With one more item of a list. */
  public Optional<YamlEdit> append(List<String> path, String item) throws UnreadableException {
    if (!(find(path).orElse(null) instanceof SequenceNode list) || repeated.contains(list)) {
      return Optional.empty();
    }
    var items = list.getValue();
    if (isBlock(list)) {
      return Optional.of(line(list, items.getLast(), List.of("- " + item)));
    }
    return Optional.of(
        items.isEmpty()
            ? replaced(start(list), end(list), "[ " + item + " ]")
            : replaced(end(items.getLast()), end(items.getLast()), ", " + item));
  }

  /** Without a key. */
  public Optional<YamlEdit> without(List<String> path) throws UnreadableException {
    var holder = map(path.subList(0, path.size() - 1));
    if (holder.isEmpty() || repeated.contains(holder.get())) {
      return Optional.empty();
    }
    var tuples = holder.get().getValue();
    for (var i = 0; i < tuples.size(); i++) {
      var tuple = tuples.get(i);
      if (key(tuple).equals(path.getLast())) {
        return Optional.of(without(holder.get(), i));
      }
    }
    return Optional.empty();
  }

  private YamlEdit without(MappingNode map, int at) throws UnreadableException {
    var tuples = map.getValue();
    var tuple = tuples.get(at);
    if (isBlock(map)) {
      var from = text.lastIndexOf('\n', start(tuple.getKeyNode())) + 1;
      return replaced(from, endOfLine(lastOf(tuple.getValueNode())), "");
    }
    if (at > 0) {
      return replaced(end(tuples.get(at - 1).getValueNode()), end(tuple.getValueNode()), "");
    }
    return tuples.size() > 1
        ? replaced(start(tuple.getKeyNode()), start(tuples.get(1).getKeyNode()), "")
        : replaced(start(tuple.getKeyNode()), end(tuple.getValueNode()), "");
  }

  private Optional<YamlEdit> added(MappingNode map, List<String> lines) throws UnreadableException {
    if (repeated.contains(map)) {
      return Optional.empty();
    }
    var tuples = map.getValue();
    if (isBlock(map)) {
      return Optional.of(line(map, tuples.getLast().getValueNode(), lines));
    }
    var entry = lines.getFirst();
    return Optional.of(
        tuples.isEmpty()
            ? replaced(start(map), end(map), "{ " + entry + " }")
            : replaced(
                end(tuples.getLast().getValueNode()),
                end(tuples.getLast().getValueNode()),
                ", " + entry));
  }

  /** Below the last line of a collection, indented as its first. */
  private YamlEdit line(CollectionNode<?> holder, Node last, List<String> lines)
      throws UnreadableException {
    var feed = text.contains("\r\n") ? "\r\n" : "\n";
    var margin = " ".repeat(holder.getStartMark().getColumn());
    var at = endOfLine(lastOf(last));
    var isOpen = at > 0 && text.charAt(at - 1) != '\n';
    var more = lines.stream().map(it -> margin + it).collect(Collectors.joining(feed));
    return replaced(at, at, isOpen ? feed + more : more + feed);
  }

  /** The last node of a value: comments that follow may belong to something else. */
  private static Node lastOf(Node node) {
    return switch (node) {
      case MappingNode map when isBlock(map) -> lastOf(map.getValue().getLast().getValueNode());
      case SequenceNode list when isBlock(list) -> lastOf(list.getValue().getLast());
      default -> node;
    };
  }

  private int endOfLine(Node node) {
    var end = end(node);
    if (end > start(node) && text.charAt(end - 1) == '\n') {
      return end;
    }
    var feed = text.indexOf('\n', end);
    return feed < 0 ? text.length() : feed + 1;
  }

  private static boolean isBlock(CollectionNode<?> node) {
    return node.getFlowStyle() == FlowStyle.BLOCK && !node.getValue().isEmpty();
  }

  private YamlEdit replaced(int from, int to, String by) throws UnreadableException {
    return of(text.substring(0, from) + by + text.substring(to));
  }

  private Optional<MappingNode> map(List<String> path) {
    return find(path).filter(MappingNode.class::isInstance).map(MappingNode.class::cast);
  }

  private Optional<Node> find(List<String> path) {
    var at = root;
    for (var step : path) {
      if (!(at instanceof MappingNode map)) {
        return Optional.empty();
      }
      var found = new ArrayList<Node>();
      map.getValue().stream()
          .filter(tuple -> key(tuple).equals(step))
          .forEach(tuple -> found.add(tuple.getValueNode()));
      if (found.isEmpty()) {
        return Optional.empty();
      }
      at = found.getLast();
    }
    return Optional.of(at);
  }

  private static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static String quoted(String key) {
    return key.contains(":") ? "\"" + key + "\"" : key;
  }

  private int start(Node node) {
    return index(node.getStartMark());
  }

  private int end(Node node) {
    return index(node.getEndMark());
  }

  /** The parser counts code points. */
  private int index(Mark mark) {
    return text.offsetByCodePoints(0, mark.getIndex());
  }
}
